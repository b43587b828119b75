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
# - run a notebook and read what a check tells you;
# - tell a list, a column and a row of numbers apart;
# - add, sum and multiply tables, and know the shape of the result.
#
# **Time**: about 30 minutes for 1,000 words to read and 6 exercises. **Builds on**: a little
# Python: functions, lists, dictionaries, loops.

# %% [markdown]
# ## 1. How the notebook answers you
#
# A notebook is made of *cells*. This one is text, the next one is code. Click into it and press
# **Shift and Enter**: Python runs it.

# %%
import numpy as np

from lessonlib import check, plots

print("Ready when you are.")

# %% [markdown]
# When it's your turn, there's a cell with a gap, and below it a locked **check**.
#
# ### Your turn: `ready`
#
# 1. Run the next two cells as they are. The check fails, and says why.
# 2. Write `False` in place of the three dots. Run both again: another message.
# 3. Now write `True`, and run both once more.

# %% solution="start-ready"
### BEGIN SOLUTION
ready = True
### END SOLUTION

# %% check="start.ready"

# %% [markdown]
# Run a check as often as you like: the last answer counts. A task's *contract* is what it asks for.
#
# | you want to | do this |
# |---|---|
# | get a push | open **Hint 1** below a check; the next ones say more |
# | start afresh | menu **Kernel**, **Restart Kernel and Run All Cells** |
# | see your points | save; in a terminal: `lessonlib check 00` (`.venv/bin/lessonlib` in a clone) |
#
# Start afresh whenever something puzzles you: Python remembers even cells that you have changed or
# deleted since.

# %% [markdown]
# ## 2. One list of numbers, three shapes
#
# NumPy keeps numbers in *arrays*. The list of an array's sizes, rows first, is its
# <dfn>shape</dfn>. The same three numbers can have three shapes:

# %%
flat = np.array([1.0, 2.0, 3.0])
as_column = np.array([[1.0], [2.0], [3.0]])
as_row = np.array([[1.0, 2.0, 3.0]])
plots.heatmap({"row": as_row, "column": as_column, "flat": flat}, title="Three shapes")

# %% [markdown]
# A <dfn>flat array</dfn> has one size, `(3,)`. It's like beads on a string: neither a row nor a
# column. The other two are tables. A <dfn>transposed</dfn> table, written with `.T`, has its rows
# and columns exchanged. To a flat array, which has none, `.T` does nothing.
#
# To rearrange numbers, use `.reshape(rows, columns)`. A -1 lets NumPy count: six numbers with
# `.reshape(2, -1)` make a table of shape (2, 3).
#
# ### Your turn: `column`
#
# Write `column(values)`. `values` is a list, a tuple or a flat array, of any length. Return an
# array of floats with one number in each row. `np.array(values, dtype=float)` makes a flat one.


# %% solution="start-column"
def column(values):
    """The numbers of a flat sequence as a column of floats, shape (n, 1)."""
    ### BEGIN SOLUTION
    numbers = np.array(values, dtype=float)
    return numbers.reshape(-1, 1)
    ### END SOLUTION


# %% check="start.column"

# %% [markdown]
# ## 3. Which way does NumPy stretch?
#
# A <dfn>sample</dfn> is one thing that a network looks at: a day, a house, a picture. A
# <dfn>unit</dfn> is a small calculator, one of many in a network: it turns a sample into a number.
# A <dfn>layer</dfn> is a group of units that see the same samples. Their numbers fill a table $Z$:
# `(n, m)` for n units, m samples. In lessons 00 to 08 **a row is a unit, a column a sample**.
#
# Each unit adds a number of its own to its whole row, its <dfn>bias</dfn>. When you add a small
# array to a table, NumPy copies the small one until it fits: that's <dfn>broadcasting</dfn>.
#
# **Decide, and write it down.** We add the biases 1, 2, 3 to zeros, once flat and once as a column.
# Which result has 1 in its whole first row?

# %% solution="guess-bias"
# "flat" or "column"
### BEGIN SOLUTION
guess = "column"
### END SOLUTION

# %%
sums = {"0 + flat b": np.zeros((3, 3)) + flat, "0 + column b": np.zeros((3, 3)) + as_column}
picture = plots.heatmap(sums, title="The same biases", rows="unit", columns="sample")
plots.resolve(guess, "column", picture, choices=["flat", "column"])

# %% [markdown]
# NumPy compares sizes **from the right**. A flat `(3,)` is treated like a row and copied down: each
# *sample* gets a number of its own. A column `(3, 1)` is copied sideways: each *unit* gets one, as
# it should.
#
# With four samples, the flat `b` would be an error. The trap is a square table: both fit, and
# nobody complains.
#
# ### Your turn: `add_bias`
#
# Add each number of `b` to its own row of `Z`. Be right for a flat `b`, `(n,)`, and for a column,
# `(n, 1)`, also when `Z` is square. Don't change `Z` or `b`.


# %% solution="start-add_bias"
def add_bias(Z, b):
    """Z (n, m); b (n,) or (n, 1): each row of Z plus its own bias, shape (n, m)."""
    ### BEGIN SOLUTION
    return Z + b.reshape(-1, 1)
    ### END SOLUTION


# %% check="start.add_bias"

# %% [markdown]
# ## 4. Sums that stay columns
#
# `np.sum(Z, axis=0)` adds down each column, `np.sum(Z, axis=1)` along each row. **The axis that you
# name is the one that disappears.** With `keepdims=True` it stays, with size 1.
#
# **Worked example.** Axis 0 is summed away, so there is one sum for each column.

# %%
Z = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
sums = {"Z": Z, "axis=0": np.sum(Z, axis=0), "kept": np.sum(Z, axis=0, keepdims=True)}
plots.heatmap(sums, title="Axis 0 summed away, then with keepdims=True")

# %% [markdown]
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

# %% [markdown]
# ## 5. The shape of a product
#
# In a <dfn>matrix product</dfn>, `A @ B`, each row of `A` meets each column of `B`: multiply number
# by number, and add up.
#
# **Worked example.** The row (1, 2) meets the column (5, 6): $1 \cdot 5 + 2 \cdot 6 = 17$.
#
# $$\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} \begin{pmatrix} 5 \\ 6 \end{pmatrix}
# = \begin{pmatrix} 17 \\ 39 \end{pmatrix}$$
#
# A row can only meet a column of the same length. So the two **inner** sizes must agree, and then
# they are gone. The **outer** two remain.

# %%
plots.shapes((3, 2), (2, 4), names=("A", "B", "", "A @ B"), title="Inner sizes meet, outer stay")

# %% [markdown]
# A transposed factor exchanges its sizes first. Let `A` be (3, 2) and `C` be (3, 6). Then `A.T @ C`
# puts (2, 3) beside (3, 6), and its shape is (2, 6).
#
# ### Your turn: `shapes`
#
# You will meet these four in every lesson. For 2 units, and 7 samples of 5 numbers each, the shapes
# are: `W` (2, 5), `X` (5, 7), `b` (2, 1), `dZ` (2, 7). Lesson 02 says what `dZ` is.
#
# Type in the shape of each result, such as `(3, 4)`, without asking NumPy.

# %% solution="start-shapes"
### BEGIN SOLUTION
shape_1 = (2, 7)
shape_2 = (2, 7)
shape_3 = (5, 7)
shape_4 = (2, 5)
### END SOLUTION
shapes = {"W @ X": shape_1, "W @ X + b": shape_2, "W.T @ dZ": shape_3, "dZ @ X.T": shape_4}

# %% check="start.shapes"

# %% [markdown]
# The last two are the shapes of `X` and of `W`. That's no accident: see lesson 02.
#
# ### In your own words
#
# A colleague tests an `add_bias` that is only `Z + b`, with a flat `b`, on four units and four
# samples. There is no error. What does her function compute, and which test would have shown it?
#
# Double-click the cell below and write two or three sentences. Write yours first: the fold below
# has a model answer and says what earns the two points.

# %% [markdown] written="start-explain" points=2
# <!-- BEGIN SOLUTION -->
# A flat b is treated like a row and copied down the table. So each sample got a bias of its own,
# and the units got none. There was no error because a table with four rows and four columns has
# room for both. A test with three or five samples would have stopped with an error. A table of
# zeros for Z would have shown it, too: each row of the result should hold one number only.
# <!-- END SOLUTION -->

# %% [markdown] rubric="start-explain"
# - 1 point: The flat b is laid along each row, so the biases went to the samples, not to the units.
# - 1 point: A test that shows it: any other number of samples, or a look at each row of numbers.

# %% [markdown]
# ### If you want more
#
# <details><summary>Another line with your colleague's bug</summary>
#
# This line is wrong on purpose: Z - np.mean(Z, axis=1) should subtract from each row its own mean.
# Find the bug and mend it. Do you need keepdims for the mean of each column, too?
#
# </details>
#
# <details><summary>Compare</summary>
#
# np.mean drops the axis that you name, just as np.sum does, so the means of the rows come flat.
# With keepdims=True they come as a column, and each row loses its own mean. The means of the
# columns may stay flat: NumPy treats them like a row and copies them down, which is right here.
#
# </details>
#
# ## Recap
#
# Make a flat array a column before you add it: in a square table nobody warns you. The axis that
# you name disappears; `keepdims=True` keeps it.
#
# ### The formulas on one card
#
# | you want | write |
# |---|---|
# | a column | `.reshape(-1, 1)` |
# | a bias on each row | table + column |
# | a sum for each row, as a column | `axis=1`, `keepdims=True` |
# | the shape of a product | $(n, k)\,(k, m) \to (n, m)$ |
#
# ### What comes next
#
# In lesson 01 you build a layer out of these pieces, and then a first unit learns.
