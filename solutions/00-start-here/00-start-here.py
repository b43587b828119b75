# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Start here
#
# **After this lesson you will be able to**
#
# - run a notebook, read what a check tells you, open a hint, and start afresh;
# - tell a flat array, a column and a row apart;
# - add a bias to every sample without falling into NumPy's best hidden trap;
# - sum along one direction and keep a column;
# - foretell the shape of a matrix product.
#
# **Time**: about 45 minutes for 1,600 words to read and 6 exercises. **Builds on**: a little
# Python: functions, lists, loops.

# %% [markdown]
# ## 1. How the notebook answers you
#
# A notebook is made of *cells*. This one is text. The next one is code. Click into it and press
# **Shift and Enter**: Python runs it and shows its result below. While it works, the brackets on
# the left hold a star. Then they hold a number that counts the cells that you have run.

# %%
import numpy as np

from lessonlib import check, plots

print("Ready when you are.")

# %% [markdown]
# From time to time it is your turn. There is a cell in which something is missing, and below it a
# locked cell with a **check**. Run your cell first, then the check.
#
# ### Your turn: `ready`
#
# 1. Run the next two cells as they are. The check fails, and says why.
# 2. Write `False` in place of the three dots. Run both cells again: another message.
# 3. Now write `True`, and run both once more.

# %% solution="start-ready"
### BEGIN SOLUTION
ready = True
### END SOLUTION

# %% check="start.ready"
check("start.ready", ready=ready)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Run the check first, without any change. It fails, and says that ready is still three dots. The
#    three dots are a gap in Python's own notation: where you see them, something of yours is
#    missing.
# 2. Python has two values for yes and no. They are written with a capital letter and without
#    quotes. You are ready, so the answer is yes.
# 3. Write True in place of the three dots. Run that cell with Shift and Enter, so that Python takes
#    note of it. Then run the check below it once more.
#
# </details>

# %% [markdown]
# That is all there is to it. A check never ends in a wall of red text. It says what is wrong, on
# which small example, shows your numbers beside the expected ones, names the likely mistake, and
# tells you where to look. You may run it as often as you like; only the last answer counts.
#
# | you want to | do this |
# |---|---|
# | get a push | open the fold **Hints** below a check, and read one hint at a time |
# | try something | add a cell with the **+** above the notebook; it disturbs nothing |
# | start afresh | menu **Kernel**, **Restart Kernel and Run All Cells** |
# | see all checks at once | the button **Validate** above the notebook |
# | see your points | save, then `.venv/bin/lessonlib check 00` in a terminal |
#
# **Why start afresh?** Python remembers what you ran, in the order in which you ran it, even cells
# that you have changed or deleted since. So a notebook can look right and be wrong, or the other
# way round. After a restart it knows nothing but what stands there, from top to bottom. Do it
# whenever something puzzles you. **Validate** does the same behind the scenes, and leaves your
# notebook as it is.

# %% [markdown]
# ## 2. One list of numbers, three shapes
#
# NumPy keeps numbers in *arrays*. The <dfn>shape</dfn> of an array is the list of its sizes, the
# rows first. The same three numbers can be arranged in three ways.

# %%
flat = np.array([1.0, 2.0, 3.0])
as_column = np.array([[1.0], [2.0], [3.0]])
as_row = np.array([[1.0, 2.0, 3.0]])

plots.heatmap(
    {"flat": flat, "column": as_column, "row": as_row},
    title="The same numbers in three shapes",
)

# %% [markdown]
# A <dfn>flat array</dfn> has one size, written `(3,)`, and is neither a row nor a column. The other
# two are tables with two sizes, and in this course we nearly always want a table. In lessons 00 to
# 05 **each row is a unit, each column a sample**.
#
# A <dfn>transposed</dfn> array, written with `.T`, has its rows and columns exchanged.
#
# **Decide, then run.** What is the shape of each of the three
# after `.T`? One answer surprises most people.

# %%
for name, array in (("flat", flat), ("column", as_column), ("row", as_row)):
    print(f"{name}: the shape is {array.shape}, after .T it is {array.T.shape}")

# %% [markdown]
# A flat array has no rows and columns to exchange, so `.T` does nothing to it. To change an
# arrangement, use `.reshape(rows, columns)`. It makes a new view of the same numbers; the array
# itself stays as it was. Where you write -1, NumPy counts for you.
#
# **Worked example.** Four numbers, first as a table with two rows, then as a single row:

# %%
four = np.array([5.0, 6.0, 7.0, 8.0])
print(f"four.reshape(2, 2)   has the shape {four.reshape(2, 2).shape}")
print(f"four.reshape(2, -1)  has the shape {four.reshape(2, -1).shape}")
print(f"four.reshape(1, -1)  has the shape {four.reshape(1, -1).shape}")

# %% [markdown]
# **Now with gaps.** Fill in the dots in your head: six numbers with `.reshape(-1, 2)` have the
# shape (…, …).
#
# <details><summary>Compare</summary>
#
# Two columns are asked for, so NumPy counts three rows: the shape is (3, 2).
#
# </details>
#
# ### Your turn: `column`
#
# Write `column(values)`. `values` is a flat sequence: a list, a tuple or a flat array, of any
# length. Return an array of floats with one number in each row. `np.array(values, dtype=float)`
# makes a flat array of floats from any such sequence.


# %% solution="start-column"
def column(values):
    """The numbers of a flat sequence as a column of floats, shape (n, 1)."""
    ### BEGIN SOLUTION
    numbers = np.array(values, dtype=float)
    return numbers.reshape(-1, 1)
    ### END SOLUTION


# %% check="start.column"
check("start.column", column)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Look at the picture of the three shapes. The numbers stay the same and keep their order. Only
#    their arrangement changes: each gets a row of its own.
# 2. What comes in may be a list, and lists know nothing of shapes. So make an array of it first,
#    with np.array. To get floats even from whole numbers, add dtype=float.
# 3. An array has a method .reshape(rows, columns). The number of columns is 1. For the number of
#    rows you may write -1: then NumPy counts for you, and your function works for any length.
#    Return the result.
#
# </details>

# %% [markdown]
# ## 3. Which way does NumPy stretch?
#
# A layer computes a table $Z$ with a row for each unit and a column for each sample. The number
# that a unit adds to its whole row, the same for every sample, is its <dfn>bias</dfn>.
#
# When you add a small array to a table, NumPy copies the small one until it fits: that is called
# <dfn>broadcasting</dfn>. The question is which way it copies.
#
# **Decide, then run.** We add the three biases 1, 2, 3 to a table of zeros, once as a flat array
# and once as a column. Which result has 1 in its whole first row?

# %%
zeros = np.zeros((3, 3))
plots.heatmap(
    {"zeros + flat b": zeros + flat, "zeros + column b": zeros + as_column},
    title="The same biases, stretched two ways",
    rows="unit",
    columns="sample",
)

# %% [markdown]
# NumPy compares sizes **from the right**. A flat `(3,)` is laid along the last axis, like a row,
# and copied down: every *sample* gets its own number. That is wrong for a bias. A column `(3, 1)`
# is copied sideways: every *unit* gets its own number. That is what we want.
#
# With four samples a flat `b` would not have fitted, and NumPy would have said so. The trap is the
# square table, with as many samples as units: there both fit, and nobody says a word.

# %%
for m in (4, 3):
    Z = np.zeros((3, m))
    try:
        print(f"Z {Z.shape} + b {flat.shape} gives {(Z + flat).shape}: no complaint")
    except ValueError:
        print(f"Z {Z.shape} + b {flat.shape} is an error: 3 does not fit {m}")

# %% [markdown]
# ### Your turn: `add_bias`
#
# Add number $i$ of `b` to row $i$ of `Z`. Sometimes `b` comes flat, as `(n,)`, sometimes as a
# column, `(n, 1)`. Your function has to be right for both, for any number of samples, a square `Z`
# included. Leave `Z` and `b` as they are.


# %% solution="start-add_bias"
def add_bias(Z, b):
    """Z (n, m); b (n,) or (n, 1): bias i added to row i of Z, shape (n, m)."""
    ### BEGIN SOLUTION
    return Z + b.reshape(-1, 1)
    ### END SOLUTION


# %% check="start.add_bias"
check("start.add_bias", add_bias)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Find the two pictures of a square Z above. The same three numbers are added, once as a row and
#    once as a column. Which of the two gives each unit, that is each row, one number of its own?
# 2. A column (n, 1) is copied sideways over all samples, and that is what we want. So the work is
#    to make b a column, whatever shape it came in.
# 3. You wrote the way to do that a moment ago: reshape with -1 rows and 1 column. It does no harm
#    to a b that is a column already. Then add with a plain +, and return the sum. Do it always,
#    without asking whether the sizes fit.
#
# </details>

# %% [markdown]
# ## 4. Sums that stay columns
#
# `np.sum(Z, axis=…)` adds up along one axis. Axis 0 goes down the rows, axis 1 goes along the
# columns. A rule that is easy to keep: **the axis that you name is the one that disappears.**
#
# **Worked example.** Here axis 0 is summed away, so there is one sum for each column. With
# `keepdims=True` the summed axis stays, with size 1, and the result is a row under its table.

# %%
Z = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
plots.heatmap(
    {
        "Z": Z,
        "summed over axis 0": np.sum(Z, axis=0),
        "the same with keepdims=True": np.sum(Z, axis=0, keepdims=True),
    },
    title="Axis 0 summed away",
)

# %% [markdown]
# **Decide.** What would be the shape of `np.sum(Z, axis=1)`, without `keepdims`?
#
# <details><summary>Compare</summary>
#
# The columns disappear and two rows are left, so there are two sums. Without keepdims they come as
# a flat array of shape (2,), which is not a column.
#
# </details>
#
# ### Your turn: `row_sums`
#
# Return the sum of each row of `Z`, as a column.


# %% solution="start-row_sums"
def row_sums(Z):
    """Z (n, m): the sum of each row, shape (n, 1)."""
    ### BEGIN SOLUTION
    return np.sum(Z, axis=1, keepdims=True)
    ### END SOLUTION


# %% check="start.row_sums"
check("start.row_sums", row_sums)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Do it on paper for the table in the cell above: add up each row, and write the sum to the right
#    of its row. The sums then stand one below the other, in a column.
# 2. np.sum takes axis=0 or axis=1. The axis that you name disappears: it is summed away. Z has n
#    rows along axis 0 and m columns along axis 1. Which of the two should be gone afterwards?
# 3. After the sum NumPy hands back a flat array. With keepdims=True the summed axis stays, with
#    size 1, and your result is the column that was asked for. The whole function is one line.
#
# </details>

# %% [markdown]
# ### Find the bug
#
# **This cell is wrong on purpose.** The function should take from each row its own mean, so that
# afterwards every row sums to 0. It was tried on a square table, and gave no error. Which row sums
# do you expect, and what went wrong?


# %%
def centre_rows(Z):
    return Z - np.mean(Z, axis=1)


square = np.array([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0], [0.0, 0.0, 6.0]])
for i, total in enumerate(np.sum(centre_rows(square), axis=1)):
    print(f"row {i} sums to {total:6.1f}")

# %% [markdown]
# <details><summary>Compare</summary>
#
# np.mean drops the axis that it names, just as np.sum does. The three means come as a flat array,
# and a flat array is laid along the last axis: column j lost the mean of row j. With three rows and
# four columns NumPy would have stopped with an error. The cure is the same keepdims as above.
#
# </details>
#
# ## 5. The shape of a product
#
# In a <dfn>matrix product</dfn>, written `A @ B`, each row of the left factor meets each column of
# the right one: multiply number by number, add up, and write the sum where row and column cross.
#
# **Worked example.** The first row (1, 2) meets the column (5, 6): $1 \cdot 5 + 2 \cdot 6 = 17$.
# The second row (3, 4) meets the same column: $3 \cdot 5 + 4 \cdot 6 = 39$.
#
# $$\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} \begin{pmatrix} 5 \\ 6 \end{pmatrix}
# = \begin{pmatrix} 17 \\ 39 \end{pmatrix}$$
#
# A row can only meet a column of the same length. So the two **inner** sizes must agree, and then
# they are gone. The two **outer** sizes are those of the result.

# %%
plots.shapes(
    (3, 2), (2, 4), names=("A", "B", "", "A @ B"), title="Inner sizes meet, outer sizes stay"
)

# %% [markdown]
# With a transposed factor, turn its shape round first. `A` is (3, 2), so `A.T` is (2, 3).
#
# **Now with gaps.** Let `C` be (3, 6). The product `A.T @ C` puts (2, 3) beside (3, …), and its
# shape is (…, …).
#
# <details><summary>Compare</summary>
#
# (2, 3) beside (3, 6): the threes meet and are gone. The shape is (2, 6).
#
# </details>
#
# ### Your turn: `shapes`
#
# You will meet these four products in every lesson. The sizes: 5 inputs, 2 units, 7 samples. They
# are all different on purpose, so that no mistake can hide.
#
# | array | `W` | `X` | `b` | `dZ` |
# |---|---|---|---|---|
# | shape | (2, 5) | (5, 7) | (2, 1) | (2, 7) |
#
# Type in four shapes, each as two numbers in parentheses, such as `(3, 4)`. Work them out by
# writing the sizes side by side, rather than by asking NumPy. What `dZ` is for, lesson 01 will
# tell; here its shape is all you need.

# %% solution="start-shapes"
### BEGIN SOLUTION
shape_1 = (2, 7)
shape_2 = (2, 7)
shape_3 = (5, 7)
shape_4 = (2, 5)
### END SOLUTION
shapes = {"W @ X": shape_1, "W @ X + b": shape_2, "W.T @ dZ": shape_3, "dZ @ X.T": shape_4}

# %% check="start.shapes"
check("start.shapes", shapes=shapes)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Write the shape of each factor under its letter. Where a .T stands behind a letter, exchange
#    the two sizes before you go on.
# 2. In a product two sizes meet in the middle: the columns of the left factor and the rows of the
#    right one. They must agree, and they disappear. What remains are the outer two, in the order in
#    which they stand.
# 3. For W @ X the sizes stand as (2, 5) (5, 7). The two fives meet. Which two are left? Adding b
#    copies b over the columns and changes no size. For W.T the shape is (5, 2): put it before that
#    of dZ, and read off the outer sizes again.
#
# </details>

# %% [markdown]
# Look at your last two answers once more: one is the shape of `X`, the other that of `W`. That is
# no accident, and lesson 01 makes much of it.
#
# ### In your own words
#
# In each lesson there is one question that no check can answer. A person reads what you write and
# gives up to 2 points. `lessonlib check` leaves it out, and **Validate** asks only that something
# is written. Double-click the cell below, write, and press Shift and Enter.
#
# The question: a colleague tests an `add_bias` that is only `Z + b`, with a flat `b`, on a layer
# with four units and four samples. There is no error, and she is content. Explain in two or three
# sentences what her numbers really are, and which test would have shown it.

# %% [markdown] written="start-explain" points=2
# ### BEGIN SOLUTION
# A flat b is laid along the last axis, so it is copied down the rows like a row: each sample got a
# bias of its own, and the units got none. It went unnoticed because n equals m, where the flat b
# fits by accident. A test with a different number of samples would have stopped with an error, and
# so would a look at the numbers: with a table of zeros for Z every row must hold a single number.
# ### END SOLUTION

# %% [markdown]
# ## Recap
#
# - Shift and Enter runs a cell. A check tells you what is wrong, and costs nothing.
# - Puzzled? Restart the kernel and run all cells. Stuck? Open one hint.
# - A flat array is neither a row nor a column. Make it a column before you add it.
# - NumPy stretches from the right, and in a square table it does so without a word.
# - The axis that you name disappears; `keepdims=True` keeps it with size 1.
#
# ### The formulas on one card
#
# | you want | write | shape |
# |---|---|---|
# | a column | reshape: as many rows as there are, 1 column | $(n) \to (n, 1)$ |
# | a bias on each row | table + column | $(n, m) + (n, 1) \to (n, m)$ |
# | one sum for each row | sum axis 1 away, keep it with size 1 | $(n, m) \to (n, 1)$ |
# | one sum for each column | sum axis 0 away, keep it with size 1 | $(n, m) \to (1, m)$ |
# | a product | `A @ B` | $(n, k)\,(k, m) \to (n, m)$ |
# | a transposed factor | `A.T` | $(n, m) \to (m, n)$ |
#
# ### What comes next
#
# In lesson 01 you build a layer of a neural network out of these pieces, first on paper and then
# in NumPy, and send numbers through it in both directions.
