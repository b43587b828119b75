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
# # From columns to rows: linear regression
#
# **After this lesson you will be able to**
#
# - rewrite a layer from samples in columns to samples in rows, and tell the two apart at a glance;
# - measure how wrong a line is, and send that measure back to its weight and its bias;
# - fit a line by gradient descent, with code of your own from the first line to the last;
# - say what a test on new samples tells you, and what it doesn't.
#
# **Time**: about 70 minutes for 2,300 words to read and 8 exercises. **Builds on**: lessons 01 (a
# layer forward), 02 (a layer backward), 04 (gradient checking), 06 (a first training) and 07
# (tanh).

# %%
import numpy as np

from lessonlib import check, nn, plots
from lessonlib.data import line

# %% [markdown]
# ## A question from an earlier lesson
#
# Answer from memory. That is worth more than looking it up, even if your first answer is wrong.
#
# A hidden unit has the activation $a = \tanh(z) = 0.6$. On the way back it receives $da = 2$. What
# is $dz$? Set `dz` to that number.

# %% solution="linreg-recall_1"
# dz: one number
### BEGIN SOLUTION
dz = 1.28
### END SOLUTION

# %% check="linreg.recall_1"

# %% [markdown]
# ## 1. The switch: a sample becomes a row
#
# Until now each sample was a **column** of $X$, as you'd write it by hand. Data, however, come in
# tables with one line for each sample. NumPy reads them that way from a file. Keras and PyTorch,
# the libraries that most people train networks with, expect them that way. From here on we do the
# same: **each sample is a row**.
#
# Here is a layer with three inputs and four units, and five samples, in the old convention.

# %%
W_shape, X_shape, b_shape = (4, 3), (3, 5), (4, 1)
plots.shapes(W_shape, X_shape, b_shape, title="Lessons 00 to 08: a sample is a column")

# %% [markdown]
# **Decide, then run.** In the new convention $X$ is (5, 3): five rows, one for each sample. The
# result should have five rows too, with four numbers in each. What is the shape of $W$?

# %% solution="guess-shape"
# guess: the shape of W, as two numbers in brackets
### BEGIN SOLUTION
guess = (3, 4)
### END SOLUTION

# %%
# [::-1] reads a shape from its end, [:1] keeps its first size.
rows_figure = plots.shapes(
    X_shape[::-1],
    W_shape[::-1],
    b_shape[:1],
    names=("X", "W", "b", "Z"),
    title="From here on: a sample is a row",
)
plots.resolve(guess, W_shape[::-1], rows_figure)

# %% [markdown]
# Every table is transposed. The transpose of a product is the product of the transposes in the
# other order, $(W X)^\top = X^\top W^\top$. So the two factors change places. The bias becomes
# flat. NumPy compares shapes from the right, finds that four biases fit the four columns of $X W$,
# and adds them to each row.
#
# | | samples in columns (00 to 08) | samples in rows (from here on) |
# |---|---|---|
# | one sample is | a column of $X$ | a row of $X$ |
# | $X$ | $(n_\mathrm{in}, m)$ | $(m, n_\mathrm{in})$ |
# | $W$ | $(n_\mathrm{out}, n_\mathrm{in})$ | $(n_\mathrm{in}, n_\mathrm{out})$ |
# | $b$ | $(n_\mathrm{out}, 1)$ | $(n_\mathrm{out},)$ |
# | a layer | $Z = W X + b$ | $Z = X W + b$ |
# | the mean over the samples | $1/m$, once, in $dZ$ at the output | the same |
# | weights, on the way back | $dW = dZ\, X^\top$ | $dW = X^\top dZ$ |
# | biases, on the way back | sum of $dZ$ along each row | sum of $dZ$ down each column |
# | inputs, on the way back | $dX = W^\top dZ$ | $dX = dZ\, W^\top$ |
#
# The division by $m$ happens once, at the output. All sums in the table are plain sums.
#
# **Worked example.** One layer with two inputs and two units, and three samples, in both
# conventions. The first unit has the weights 1 and -2 and the bias 5. Its weights are a row of
# `W_columns` and a column of `W_rows`. Its three results are the top row on the left of the figure
# and the first column on the right.

# %%
W_columns = np.array([[1.0, -2.0], [0.0, 3.0]])
b_columns = np.array([[5.0], [-1.0]])
X_columns = np.array([[1.0, 2.0, 3.0], [0.0, 1.0, -1.0]])

W_rows = np.array([[1.0, 0.0], [-2.0, 3.0]])
b_rows = np.array([5.0, -1.0])
X_rows = np.array([[1.0, 0.0], [2.0, 1.0], [3.0, -1.0]])

plots.heatmap(
    {
        "W X + b: a column a sample": W_columns @ X_columns + b_columns,
        "X W + b: a row a sample": X_rows @ W_rows + b_rows,
    },
    title="The same numbers, mirrored",
    rows="rows",
    columns="columns",
)

# %% [markdown]
# **Now with gaps.** A layer for columns has $W = \begin{pmatrix} 2 & 0 & -1 \end{pmatrix}$ and
# $b = \begin{pmatrix} 7 \end{pmatrix}$: one unit with three inputs. For rows:
#
# $$W = \begin{pmatrix} 2 \\ \ldots \\ \ldots \end{pmatrix} \text{ of the shape } (\ldots, \ldots),
# \qquad b = \ldots \text{ of the shape } (\ldots,)$$
#
# <details><summary>Compare</summary>
#
# The column holds 2, 0 and -1, and its shape is (3, 1): three inputs, one unit. The bias is [7],
# with the shape (1,).
#
# </details>
#
# ### Your turn: `to_rows`
#
# Write `to_rows(W, b)`. It takes a layer that was written for columns and returns the same layer
# for rows. Leave `W` and `b` themselves as they are.


# %% solution="linreg-to_rows"
def to_rows(W, b):
    """W (n_out, n_in), b (n_out, 1): returns W_rows (n_in, n_out) and b_rows (n_out,)."""
    ### BEGIN SOLUTION
    return W.T, b.ravel()
    ### END SOLUTION


# %% check="linreg.to_rows"

# %% [markdown]
# Why so much care? If a shape is wrong, doesn't NumPy complain?
#
# **Decide, then run.** Take the layer of the worked example, with two inputs and two units.
# Somebody moves to rows, forgets its weights, and computes `X_rows @ W_columns + b_rows`. Will
# there be an error, the right numbers, or wrong numbers?

# %% solution="guess-forgotten"
# guess: "an error", "right numbers" or "wrong numbers"
### BEGIN SOLUTION
guess = "wrong numbers"
### END SOLUTION

# %%
rewritten = X_rows @ W_rows + b_rows
forgotten = X_rows @ W_columns + b_rows
both = plots.heatmap(
    {"W rewritten": rewritten, "W forgotten": forgotten},
    title="Rewritten and forgotten",
    rows="sample",
    columns="unit",
)
choices = ["an error", "right numbers", "wrong numbers"]
plots.resolve(guess, "wrong numbers", both, choices)

# %% [markdown]
# No error, and wrong numbers. The layer has as many units as inputs, so its $W$ fits both ways. Say
# it to yourself each time: *rows are samples*. The checks of this lesson recognise the other
# convention and tell you.
#
# One warning for later. PyTorch has samples in rows too, but its layer `nn.Linear` stores $W$ as
# (out, in) and computes $X W^\top + b$. If you copy weights from there, transpose them.
#
# ## 2. One unit, one line
#
# The simplest network has one input, one unit and no ReLU: $p = w x + b$. That is a straight line.
# Finding the weights that fit given numbers best is called <dfn>linear regression</dfn>. Our data
# lie exactly on a line, $y = 2x + 3$. So we'll know whether we have found it.
#
# There are 75 pairs, in order of $x$: one table with the 75 values of $x$ as its only column, and
# one for $y$. The first 16 pairs are set aside. They are the <dfn>test part</dfn>: samples that the
# model never sees while it learns, kept to ask at the end how good it is on new ones. The other 59
# are the training part.

# %%
x_all, y_all = line()
x_test, y_test = x_all[:16], y_all[:16]
x_train, y_train = x_all[16:], y_all[16:]

print("part        pairs   x from   to     y from   to")
for name, x, y in (("training", x_train, y_train), ("test", x_test, y_test)):
    print(
        f"{name:10s}  {len(x):5d}   {x.min():6.0f} {x.max():4.0f}   {y.min():7.0f} {y.max():4.0f}"
    )

# %% [markdown]
# Look where the test part lies: all of it is left of the training part. To be good there, a model
# has to continue the line beyond what it has seen.
#
# **Worked example.** Two samples, $x = 10$ and $x = -4$, with $w = 2$ and $b = 3$. In rows,
#
# $$P = X W + b = \begin{pmatrix} 10 \\ -4 \end{pmatrix} \begin{pmatrix} 2 \end{pmatrix} + 3
# = \begin{pmatrix} 23 \\ -5 \end{pmatrix}$$
#
# ### Your turn: `predict`
#
# One formula serves any number of samples, inputs and outputs.


# %% solution="linreg-predict"
def predict(X, W, b):
    """X (m, n_in), W (n_in, n_out), b (n_out,): returns the predictions (m, n_out)."""
    ### BEGIN SOLUTION
    return X @ W + b
    ### END SOLUTION


# %% check="linreg.predict"

# %% [markdown]
# ## 3. How wrong is it?
#
# Cross-entropy was a loss for probabilities. For numbers such as prices or temperatures we need
# another one. It begins with the errors $P - Y$, prediction minus target. The
# <dfn>mean squared error</dfn> (MSE) is the mean of the squares of all errors.
#
# **Worked example.** Three predictions 5, 1 and 4, with the targets 3, 2 and 4:
#
# | prediction | target | error | squared |
# |---|---|---|---|
# | 5 | 3 | 2 | 4 |
# | 1 | 2 | -1 | 1 |
# | 4 | 4 | 0 | 0 |
# | | | | MSE $= 5/3$ |
#
# A model may have several outputs for each sample. Then the mean goes over **all** entries of the
# table, $m \cdot n_\mathrm{out}$ of them:
#
# $$\mathrm{MSE} = \frac{1}{m\, n_\mathrm{out}} \sum (P - Y)^2$$
#
# ### Your turn: `mse`
#
# In the code the predictions $P$ are called `Y_pred`.


# %% solution="linreg-mse"
def mse(Y_pred, Y):
    """Y_pred and Y (m, n_out): returns the mean of the squared errors, one number."""
    ### BEGIN SOLUTION
    return np.mean((Y_pred - Y) ** 2)
    ### END SOLUTION


# %% check="linreg.mse"

# %% [markdown]
# On the way back the first question is always the same. Nudge *this* prediction a little: how does
# the loss change? One prediction $p$ with the target $y$ contributes $(p - y)^2$, divided by the
# number of entries. Its slope is $2(p - y)$, divided by the number of entries.
#
# **Worked example.** The table above has three entries. The prediction 5 is 2 too high, so its
# gradient is $2 \cdot 2 / 3 = 4/3$. The prediction 1 is 1 too low: $2 \cdot (-1) / 3 = -2/3$. The
# third is exactly right: 0.
#
# **Now with gaps.** The predictions 0 and 6, both with the target 4. The errors are … and …, the
# MSE is $(\ldots + \ldots)/2 = \ldots$, and the two gradients are … and …
#
# <details><summary>Compare</summary>
#
# The errors are -4 and 2, and the MSE is (16 + 4)/2 = 10. The gradients are 2 · (-4)/2 = -4 and
# 2 · 2/2 = 2. An error twice as large pulls twice as hard.
#
# </details>
#
# ### Your turn: `mse_gradient`
#
# Here the mean is taken, once and for all. Everything further back is a plain sum. (The MSE keeps
# its 2 and divides by all entries, $m\, n_\mathrm{out}$. Lesson 11 uses half the squared error,
# with $1/m$ alone.)


# %% solution="linreg-mse_gradient"
def mse_gradient(Y_pred, Y):
    """Y_pred and Y (m, n_out): returns the gradient of the MSE, a table like Y_pred."""
    ### BEGIN SOLUTION
    return 2 * (Y_pred - Y) / Y.size
    ### END SOLUTION


# %% check="linreg.mse_gradient"

# %% [markdown]
# ## 4. Back to the weight and the bias
#
# Call the gradient at the predictions $dP$. From there the message goes on to $W$ and $b$, by the
# last column of the table in section 1. There is no ReLU, so $dP$ takes the place of $dZ$:
# $dW = X^\top dP$, and $db$ is the sum of $dP$ down its columns. The mean is in $dP$ already.
#
# **Worked example.** Two samples, $x = 1$ and $x = 3$, with $dP = 0.5$ and $-1$. Then
# $dW = 1 \cdot 0.5 + 3 \cdot (-1) = -2.5$ and $db = 0.5 - 1 = -0.5$.
#
# **Now with gaps.** With $x = 2$ and $x = 5$ and $dP = 1$ and $1$: $dW = 2 \cdot \ldots + 5 \cdot
# \ldots = \ldots$ and $db = \ldots$
#
# <details><summary>Compare</summary>
#
# dW is 2 + 5 = 7, db is 1 + 1 = 2.
#
# </details>
#
# ### Your turn: `gradients`
#
# Return the gradients of the MSE, first $dW$, then $db$. Your `predict` and `mse_gradient` do most
# of the work.


# %% solution="linreg-gradients"
def gradients(X, Y, W, b):
    """X (m, n_in), Y (m, n_out): returns dW (n_in, n_out) and db (n_out,) of the MSE."""
    ### BEGIN SOLUTION
    dP = mse_gradient(predict(X, W, b), Y)
    return X.T @ dP, dP.sum(axis=0)
    ### END SOLUTION


# %% check="linreg.gradients"

# %% [markdown]
# You needn't believe a check. Test your gradients as in lesson 04: nudge each number, and see what
# the loss does.

# %%
rng = np.random.default_rng(3)
X_try, Y_try = rng.normal(size=(6, 2)), rng.normal(size=(6, 3))
W_try, b_try = rng.normal(size=(2, 3)), rng.normal(size=3)

dW, db = gradients(X_try, Y_try, W_try, b_try)
dW_measured = nn.numeric_gradient(lambda W: mse(predict(X_try, W, b_try), Y_try), W_try)
db_measured = nn.numeric_gradient(lambda b: mse(predict(X_try, W_try, b), Y_try), b_try)
print("dW is as measured:", nn.relative_error(dW, dW_measured) < 1e-6)
print("db is as measured:", nn.relative_error(db, db_measured) < 1e-6)

# %% [markdown]
# ## 5. Downhill
#
# Start at $W = 0$ and $b = 0$. In each epoch note the loss, compute both gradients, and step
# against them, with the learning rate $\eta$ (eta):
#
# $$W \leftarrow W - \eta\, dW \qquad b \leftarrow b - \eta\, db$$
#
# Read the arrow as "becomes": compute the right side with the old value, then store it under the
# name on the left.
#
# **Put in order.** One round of the loop in four steps, shuffled. Which orders work?
#
# - (a) replace $b$
# - (b) compute $dW$ and $db$
# - (c) append the loss to the list
# - (d) replace $W$
#
# <details><summary>Compare</summary>
#
# (b) and (c) come first, in either order: both belong to the place where you stand now. (a) and (d)
# come last, in either order.
#
# </details>
#
# ### Your turn: `fit`
#
# `losses` is a list of `epochs` numbers: the MSE at the beginning of each round. So the first one
# belongs to the zero weights.


# %% solution="linreg-fit"
def fit(X, Y, learning_rate, epochs):
    """X (m, n_in), Y (m, n_out): returns W (n_in, n_out), b (n_out,) and the list of losses."""
    ### BEGIN SOLUTION
    W, b = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1])
    losses = []
    for _ in range(epochs):
        losses.append(mse(predict(X, W, b), Y))
        dW, db = gradients(X, Y, W, b)
        W, b = W - learning_rate * dW, b - learning_rate * db
    return W, b, losses
    ### END SOLUTION


# %% check="linreg.fit"

# %% [markdown]
# With one weight and one bias you can watch it. Take four samples of our line, $x = 0, 1, 2, 3$.
# The loss depends on two numbers, so it is a landscape over a plane: a bowl. A star marks its
# lowest point, at $w = 2$ and $b = 3$.
#
# **Decide, then run.** Descent starts at (0, 0). Will it walk straight to the star?

# %% solution="guess-path"
# guess: "yes" or "no"
### BEGIN SOLUTION
guess = "no"
### END SOLUTION

# %%
x_small = np.array([[0.0], [1.0], [2.0], [3.0]])
y_small = 2 * x_small + 3

places = []  # .item() takes the number out of an array that holds only one
for epochs in range(16):
    W, b, _ = fit(x_small, y_small, 0.1, epochs)
    places.append((W.item(), b.item()))

film = plots.fitting_steps(
    x_small, y_small, places, ((-0.5, 4.5), (-0.5, 4.5)), (2, 3), "15 steps, learning rate 0.1"
)
plots.resolve(guess, "no", film, ["yes", "no"])

# %% [markdown]
# Step through the frames. On the left is the line with its errors, drawn as thin grey lines. On the
# right is the place (w, b). The rings join places of equal loss.
#
# Each step goes the steepest way down, and that is not the shortest way to the star. The bowl is
# long and narrow. Descent first goes across it, to the valley along its middle. Then it follows the
# valley, in smaller and smaller steps, and the bias is still on its way after 15 of them.
#
# ## 6. The fitted model meets its test part
#
# Now the real training part, with a learning rate of 0.0004 and 300 epochs. (It can't be much
# higher here. Lesson 10 shows why.)

# %%
W, b, losses = fit(x_train, y_train, 0.0004, 300)
mse_train = mse(predict(x_train, W, b), y_train)
print(f"w = {W.item():.4f}, b = {b.item():.4f}")
print(f"MSE on the training part: {losses[0]:.1f} before, {mse_train:.3f} after")

# %% [markdown]
# **Decide, then run.** The slope is nearly right, the bias is far off. Now the model meets the 16
# test samples, to the left of everything it has seen. Will its MSE there be smaller than on the
# training part, or larger?

# %% solution="guess-test"
# guess: "smaller" or "larger"
### BEGIN SOLUTION
guess = "smaller"
### END SOLUTION

# %%
mse_test = mse(predict(x_test, W, b), y_test)
plots.resolve(guess, "smaller" if mse_test < mse_train else "larger", choices=["smaller", "larger"])

# %% [markdown]
# As a rule a model does worse on samples it hasn't seen. So a result like this one deserves
# suspicion. Ask how the error depends on $x$. It is
#
# $$p - y = (w - 2)\, x + (b - 3) \approx -0.019\, x - 2.42$$
#
# The slope and the bias are both too small. To the left of 0 the two mistakes have opposite signs
# and partly cancel. To the right they add up. Try a third set of samples, on the right.

# %%
x_right = np.arange(70.0, 102.0, 2.0).reshape(-1, 1)
y_right = 2 * x_right + 3

print("epochs   training      test   on the right")
for epochs in (300, 3000, 10000):
    W, b, _ = fit(x_train, y_train, 0.0004, epochs)
    parts = ((x_train, y_train), (x_test, y_test), (x_right, y_right))
    row = [mse(predict(x, W, b), y) for x, y in parts]
    print(f"{epochs:6d} {row[0]:10.5f} {row[1]:9.5f} {row[2]:14.5f}")

# %% [markdown]
# The test part was kind to our model. A test tells you how good a model is on samples *like those
# in the test*, and says nothing about others. So choose a test part that is like the data you'll
# meet later.
#
# After 10,000 epochs the line is found, for all three. But 10,000 epochs for two numbers is a lot.
# In lesson 10 a hundred are enough.
#
# ### In your own words
#
# A friend has trained a network with 64 inputs and 64 hidden units, with samples in columns. She
# moves it to rows: she transposes the data, flattens the biases and exchanges the factors, but she
# forgets to transpose the trained $W$ of the hidden layer. The program runs without an error, and
# the predictions are poor. Explain in three to five sentences why NumPy doesn't complain, and how
# she could have found the mistake.
#
# Write yours first: the fold below has a model answer and says what earns the two points.

# %% [markdown] written="linreg-rows" points=2
# <!-- BEGIN SOLUTION -->
# NumPy compares sizes, not meanings. The hidden layer has as many units as inputs, so its W is
# (64, 64) and fits both ways: the product has the shape (m, 64) with W and with its transpose. But
# each unit now gets weights that belong to 64 different units. She could have sent one sample
# through the old program and the new one, and compared the numbers layer by layer: the first layer
# that differs is the wrong one. Or she could have tested her code on a small layer whose sizes all
# differ, such as 3 inputs, 4 units and 5 samples. There the forgotten W raises an error.
# <!-- END SOLUTION -->

# %% [markdown] rubric="linreg-rows"
# - 1 point: W is square, so both W and its transpose fit; equal shapes don't prove equal meaning.
# - 1 point: a test that would have shown it: old and new numbers compared for the same samples, or
#   the code run with sizes that all differ.

# %% [markdown]
# ### If you want more
#
# Real data never lie exactly on a line. Add noise to the training targets,
# `y_train + rng.normal(0, 5, size=y_train.shape)`, and fit again with 10,000 epochs. How low does
# the MSE on the training part get, and why no lower? (Think of 5 squared.) How close does the line
# come to $w = 2$ and $b = 3$? Then raise the learning rate to 0.0008 and watch the losses.
#
# ## Recap
#
# - From here on samples are rows: $X W + b$, a flat bias, sums over axis 0.
# - A square $W$ fits both ways. Only numbers can tell you that it's the right way.
# - The MSE is a mean over all entries. That mean is taken once, in the gradient at the predictions.
# - `fit` is the whole of gradient descent: predict, measure, send back, step.
# - A test part speaks for samples like its own.
#
# ### The formulas on one card
#
# | what | formula | shape |
# |---|---|---|
# | layer | $Z = X W + b$ | $(m, n_\mathrm{out})$ |
# | back to the weights | $dW = X^\top dZ$ | $(n_\mathrm{in}, n_\mathrm{out})$ |
# | back to the biases | $db = \sum_\mathrm{samples} dZ$ | $(n_\mathrm{out},)$ |
# | back to the inputs | $dX = dZ\, W^\top$ | $(m, n_\mathrm{in})$ |
# | mean squared error | $\frac{1}{m\, n_\mathrm{out}} \sum (P - Y)^2$ | a number |
# | its gradient | $dP = 2 (P - Y) / (m\, n_\mathrm{out})$ | $(m, n_\mathrm{out})$ |
# | a step | $W \leftarrow W - \eta\, dW$, $b \leftarrow b - \eta\, db$ | as before |
#
# ### What comes next
#
# Why did the bias take 10,000 epochs? In lesson 10 you find out, and repair it by scaling the data.
# And you catch a real notebook whose perfect test result means nothing.
