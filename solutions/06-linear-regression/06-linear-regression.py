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
# - rewrite a layer from samples in columns to samples in rows, and see at once which one you have;
# - measure how wrong a line is, and send that measure back to its weight and its bias;
# - say how fast gradient descent may go, before it is run;
# - scale data without letting the test part leak into the training;
# - train a stack of linear layers, print its summary, and find out which of its updates are wrong.
#
# **Time**: about 170 minutes for 4,300 words to read and 21 exercises; a good place for a break is
# after section 6. **Builds on**: lessons 01 (a layer and its gradients), 03 (gradient checking) and
# 05 (training).

# %%
import numpy as np

from lessonlib import check, nn, plots
from lessonlib.data import line

# %% [markdown]
# ## Two questions from earlier lessons
#
# Answer from memory. It is worth more than looking it up, even if the first answer is wrong.
#
# ### A tanh unit
#
# A hidden unit has the activation $a = \tanh(z) = 0.6$. From behind it receives $da = 2$. What is
# $dz$? Set `dz` to that number.

# %% solution="linreg-recall_1"
# dz: one number
### BEGIN SOLUTION
dz = 1.28
### END SOLUTION

# %% check="linreg.recall_1"
check("linreg.recall_1", dz=dz)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. On the way back a gradient is multiplied by the slope of each step. Here the step is tanh, so
#    dz is da times the slope of tanh at the place where the unit is.
# 2. In lesson 05 you wrote that slope with the activation alone: it is 1 where a is 0, the
#    steepest place, and 0 where a is 1 or -1, where the curve is flat. Which short formula with a
#    square does that?
# 3. The slope is 1 minus the square of a. With a = 0.6 the square is 0.36. Then multiply what is
#    left by da, which is 2.
#
# </details>

# %% [markdown]
# ### Three equal units
#
# A network has one hidden layer with three tanh units. Somebody starts it with every weight at 0.5
# and every bias at 0, and takes 1000 steps of gradient descent. What is true of the three hidden
# units afterwards? Set `hidden_units` to a letter, in quotes.
#
# - (a) They have found three different features of the data.
# - (b) Their weights have changed, but the three are still equal to each other.
# - (c) Their weights are still 0.5: nothing has moved.
# - (d) Their weights have grown beyond all bounds.

# %% solution="linreg-recall_2"
# hidden_units: "a", "b", "c" or "d"
### BEGIN SOLUTION
hidden_units = "b"
### END SOLUTION

# %% check="linreg.recall_2"
check("linreg.recall_2", hidden_units=hidden_units)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Take one step in your mind. All three units see the same inputs and have the same weights.
#    What can you say about their three activations?
# 2. On the way back each of them gets a message from the output, through a weight that is 0.5 for
#    all three. So what can you say about their three gradients, and about their weights after the
#    step?
# 3. After one step the situation is the one at the start, with other numbers: the three are as
#    alike as before, though they have moved. Repeat that a thousand times. Which of the four
#    sentences describes the end? It is the reason why initial weights are random.
#
# </details>

# %% [markdown]
# ## 1. The switch: a sample becomes a row
#
# Until now each sample was a **column** of $X$. That is how the mathematics is written by hand.
# Data, however, come in tables with one line for each sample: so NumPy reads them from a file, and
# so Keras and PyTorch want them. From here on we do the same: **each sample is a row**.
#
# **Decide, then run.** Three inputs, four units, five samples. In the old convention $W$ was
# (4, 3). What will be the shapes of $X$, $W$, $b$ and $Z$ in the new one?

# %%
W_shape, X_shape, b_shape = (4, 3), (3, 5), (4, 1)
plots.shapes(W_shape, X_shape, b_shape, title="Lessons 00 to 05: a sample is a column")

# %%
# [::-1] reads a shape from its end, [:1] keeps its first size.
plots.shapes(
    X_shape[::-1],
    W_shape[::-1],
    b_shape[:1],
    names=("X", "W", "b", "Z"),
    title="From here on: a sample is a row",
)

# %% [markdown]
# Everything is mirrored at the diagonal, and so the factors change places. The bias becomes flat:
# NumPy compares shapes from the right, finds that the four biases fit the four columns of $X W$,
# and adds them to each row by itself.
#
# | | samples in columns (00 to 05) | samples in rows (from here on) |
# |---|---|---|
# | one sample is | a column of $X$ | a row of $X$ |
# | $X$ | $(n_\mathrm{in}, m)$ | $(m, n_\mathrm{in})$ |
# | $W$ | $(n_\mathrm{out}, n_\mathrm{in})$ | $(n_\mathrm{in}, n_\mathrm{out})$ |
# | $b$ | $(n_\mathrm{out}, 1)$ | $(n_\mathrm{out},)$ |
# | a layer | $Z = W X + b$ | $Z = X W + b$ |
# | weights, on the way back | $dW = dZ\, X^\top$ | $dW = X^\top dZ$ |
# | biases, on the way back | sum of $dZ$ along each row | sum of $dZ$ down each column |
# | inputs, on the way back | $dX = W^\top dZ$ | $dX = dZ\, W^\top$ |
#
# **Worked example.** One layer, two inputs, two units, three samples, in both conventions. The
# first unit has the weights 1 and -2 and the bias 5. Its weights are a row of `W_columns` and a
# column of `W_rows`; what it gives for the three samples is a row on the left of the figure and a
# column on the right.

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
# $b = \begin{pmatrix} 7 \end{pmatrix}$, one unit with three inputs. For rows:
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
# Write `to_rows(W, b)`: it takes a layer that was written for columns, and returns the same layer
# for rows. Leave `W` and `b` themselves as they are.


# %% solution="linreg-to_rows"
def to_rows(W, b):
    """W (n_out, n_in), b (n_out, 1): returns W_rows (n_in, n_out) and b_rows (n_out,)."""
    ### BEGIN SOLUTION
    return W.T, b.ravel()
    ### END SOLUTION


# %% check="linreg.to_rows"
check("linreg.to_rows", to_rows)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Look at the first two figures. What was a row of W, the weights of one unit, is a column now.
#    What was a column of X, one sample, is a row. All is mirrored at the diagonal.
# 2. For W that is one operation which you know from the backward pass: rows and columns change
#    places. Beware of reshape: it can produce the same shape, but it keeps the order in which the
#    numbers are read, so they land in other places.
# 3. W_rows is the transposed W. For b_rows, the column becomes flat: ravel() does that, or you
#    take all rows of its column 0. Return both, W_rows first.
#
# </details>

# %% [markdown]
# Why so much care? Where a shape is wrong, NumPy complains, and you look again. But if a layer has
# as many units as inputs, $W$ fits both ways round.
#
# **Decide, then run.** The layer above has two inputs and two units. Somebody forgets to rewrite
# it and uses the old `W_columns` with rows. Error or numbers?

# %%
rewritten = X_rows @ W_rows + b_rows
forgotten = X_rows @ W_columns + b_rows
plots.heatmap(
    {"W rewritten": rewritten, "W forgotten": forgotten},
    title="The same layer, rewritten and forgotten",
    rows="sample",
    columns="unit",
)

# %% [markdown]
# No error, and other numbers. So say it to yourself each time: *rows are samples*.
# The checks of this lesson recognise the other convention and tell you.
#
# ## 2. A neuron that draws a line
#
# The simplest network has one input, one unit and no ReLU: $p = w x + b$, a straight line. Our data
# lie on a line too, $y = 2x + 3$, so we shall know exactly whether it has been found. There are 75
# pairs, in order of $x$; the first 16 are set aside for testing.

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
# Note where the test part lies: all of it is left of the training part. A model that is good there
# has to continue the line beyond what it has seen.
#
# **Worked example.** Two samples, $x = 10$ and $x = -4$, and a guess: $w = 2$, $b = 3$. In rows,
#
# $$P = X W + b = \begin{pmatrix} 10 \\ -4 \end{pmatrix} \begin{pmatrix} 2 \end{pmatrix} + 3
# = \begin{pmatrix} 23 \\ -5 \end{pmatrix}$$
#
# One matrix product serves any number of samples, inputs and outputs.
#
# ### Your turn: `predict`


# %% solution="linreg-predict"
def predict(X, W, b):
    """X (m, n_in), W (n_in, n_out), b (n_out,): returns the predictions (m, n_out)."""
    ### BEGIN SOLUTION
    return X @ W + b
    ### END SOLUTION


# %% check="linreg.predict"
check("linreg.predict", predict)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Write the shapes under the letters: X is (m, n_in), W is (n_in, n_out). In a matrix product
#    the inner sizes must be equal, the outer ones are those of the result. Which order gives (m,
#    n_out)?
# 2. It is the formula of the earlier lessons with the factors exchanged, and without any
#    transposition: the samples come first. The result has one row for each sample.
# 3. The bias is flat, (n_out,). NumPy compares shapes from the right: n_out meets n_out, so the
#    same biases are added to each row. So there is nothing to reshape: one product, one plus
#    sign.
#
# </details>

# %% [markdown]
# ## 3. How wrong is it?
#
# A **loss** is one number that says how bad the predictions are. For numbers such as prices or
# temperatures two losses are in use. Both begin with the errors $P - Y$. The
# <dfn>mean squared error</dfn> (MSE) is the mean of the squares of all errors. The
# <dfn>mean absolute error</dfn> (MAE) is the mean of the sizes of all errors, without their signs.
#
# **Worked example.** Three predictions 5, 1 and 4, with the targets 3, 2 and 4:
#
# | prediction | target | error | squared | size |
# |---|---|---|---|---|
# | 5 | 3 | 2 | 4 | 2 |
# | 1 | 2 | -1 | 1 | 1 |
# | 4 | 4 | 0 | 0 | 0 |
# | | | | MSE $= 5/3$ | MAE $= 3/3 = 1$ |
#
# **Now with gaps.** The predictions 0 and 6, the targets 4 and 4. The errors are … and …, the MSE
# is $(\ldots + \ldots)/2 = \ldots$, and the MAE is $(\ldots + \ldots)/2 = \ldots$.
#
# <details><summary>Compare</summary>
#
# The errors are -4 and 2. The MSE is (16 + 4)/2 = 10, the MAE (4 + 2)/2 = 3. In the MSE the larger
# error counts four times as much as the smaller one, in the MAE only twice as much.
#
# </details>
#
# A model may have several outputs for each sample. Then the mean goes over **all** entries of the
# table, $m \cdot n_\mathrm{out}$ of them, and it is taken here, once, and nowhere else:
#
# $$\mathrm{MSE} = \frac{1}{m\, n_\mathrm{out}} \sum_{i,k} (P_{ik} - Y_{ik})^2 \qquad
# \mathrm{MAE} = \frac{1}{m\, n_\mathrm{out}} \sum_{i,k} |P_{ik} - Y_{ik}|$$
#
# ### Your turn: `mse`


# %% solution="linreg-mse"
def mse(Y_pred, Y):
    """Y_pred and Y (m, n_out): returns the mean of the squared errors, one number."""
    ### BEGIN SOLUTION
    return np.mean((Y_pred - Y) ** 2)
    ### END SOLUTION


# %% check="linreg.mse"
check("linreg.mse", mse)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Read the name from right to left, for that is the order of the work: error, squared, mean.
#    The error of a prediction is how far it lies from its target.
# 2. Y_pred and Y are tables of the same shape, so one minus gives all the errors at once.
#    Squaring works entry by entry too: in NumPy `** 2` does not multiply matrices. Do not write
#    into Y_pred.
# 3. np.mean without an axis averages all entries of a table, however many rows and columns it
#    has, and gives one number. Difference, square, mean: that fits into one line.
#
# </details>

# %% [markdown]
# On the way back the first question is always: how does the loss change if *this* prediction grows
# a little? One prediction $p$ with the target $y$ contributes $(p - y)^2$ divided by the number of
# entries, so the answer is $2(p - y)$ divided by the number of entries.
#
# **Worked example.** For the first table above there are three entries. The prediction 5 is 2 too
# high: its gradient is $2 \cdot 2 / 3 = 4/3$. The prediction 1 is 1 too low: $2 \cdot (-1) / 3 =
# -2/3$. The third is exactly right: 0.
#
# ### Your turn: `mse_gradient`


# %% solution="linreg-mse_gradient"
def mse_gradient(Y_pred, Y):
    """Y_pred and Y (m, n_out): returns the gradient of the MSE, a table like Y_pred."""
    ### BEGIN SOLUTION
    return 2 * (Y_pred - Y) / Y.size
    ### END SOLUTION


# %% check="linreg.mse_gradient"
check("linreg.mse_gradient", mse_gradient)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Think of one prediction p with its target y. Its share in the loss is (p - y) squared,
#    divided by the number of entries. How does that share change when p grows a little? The other
#    shares do not change at all.
# 2. The derivative of a square is twice what was squared, and the division stays as it is. Check
#    the sign with common sense: a prediction that is too high makes the loss grow when it grows,
#    so its gradient is positive.
# 3. The number of entries is the number of rows times the number of columns; for an array Y NumPy
#    knows it as Y.size. The result is a table of the shape of Y_pred: do not sum.
#
# </details>

# %% [markdown]
# ### Your turn: `mae`


# %% solution="linreg-mae"
def mae(Y_pred, Y):
    """Y_pred and Y (m, n_out): returns the mean of the absolute errors, one number."""
    ### BEGIN SOLUTION
    return np.mean(np.abs(Y_pred - Y))
    ### END SOLUTION


# %% check="linreg.mae"
check("linreg.mae", mae)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Again read the name from right to left: error, absolute, mean. Absolute means that only the
#    size of an error counts, not whether the prediction is too high or too low.
# 2. The order matters. If the mean came first, an error of +3 and one of -3 would cancel, and a
#    bad model would look perfect. So each error becomes positive before anything is averaged.
# 3. It is the line that you wrote for the MSE, with one change: NumPy's np.abs, which works entry
#    by entry, takes the place of the square. The mean goes over the whole table, without an axis.
#
# </details>

# %% [markdown]
# **Decide, then run.** The curve of the absolute value is a V. Sketch its slope: what is it at an
# error of -3, of -1, of 1, of 3? And what should we say at 0? Compare with the slope of the square.

# %%
plots.function(
    np.linspace(-3, 3, 121),
    {"slope of the square": lambda e: 2 * e, "slope of the absolute value": np.sign},
    title="What one error says to its prediction",
    xlabel="error (prediction minus target)",
    ylabel="slope of the loss",
    jump=0,
)

# %% [markdown]
# The square pulls harder the further off a prediction is. The absolute value always pulls with the
# same strength: it only asks "too high or too low?". At 0, in the corner of the V, we agree on 0.
#
# **Worked example.** The first table again, with its three entries. The prediction 5 is too high:
# its share of the gradient of the MAE is $1/3$. The prediction 1 is too low: $-1/3$. The third is
# exactly right: 0.
#
# ### Your turn: `mae_gradient`


# %% solution="linreg-mae_gradient"
def mae_gradient(Y_pred, Y):
    """Y_pred and Y (m, n_out): returns the MAE's gradient, a table like Y_pred; 0 where equal."""
    ### BEGIN SOLUTION
    return np.sign(Y_pred - Y) / Y.size
    ### END SOLUTION


# %% check="linreg.mae_gradient"
check("linreg.mae_gradient", mae_gradient)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Draw the absolute value: a V with its corner at 0. What is its slope on the right, and on the
#    left? Does the slope depend on how far you are from the corner?
# 2. So each prediction gets +1 if it is too high, -1 if it is too low, and by agreement 0 if it
#    is exactly right, at the corner. NumPy has a function that answers just that for every entry
#    at once. A division by the size of the error is no good: it fails at 0.
# 3. The function is np.sign. What goes in is the difference, prediction minus target. Then each
#    entry is one share of a mean: divide by the number of entries, Y.size.
#
# </details>

# %% [markdown]
# Signs that are averaged leave a trace. A Keras model was trained on our data with the MAE, with
# 32 samples in its first step and the learning rate 0.01. Its last bias began at 0 and was printed
# after that step: -0.000625.
#
# **Decide, then run.** A step goes against the gradient, and the gradient of the bias is the mean
# of 32 signs: so the bias has changed by *minus* the rate times that mean. How many predictions
# were too high, how many too low?

# %%
sum_of_signs = 0.000625 / 0.01 * 32
too_high = (32 + sum_of_signs) / 2
print(
    f"the signs add up to {sum_of_signs:.0f}: {too_high:.0f} too high, {32 - too_high:.0f} too low"
)

# %% [markdown]
# ## 4. Downhill
#
# From the predictions the message goes on to $W$ and $b$, by the last column of the table in
# section 1: $dW = X^\top dP$, and $db$ is the sum of $dP$ down its columns. The mean is in $dP$
# already, so nothing is divided here.
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
# Return the gradients of the MSE, first $dW$, then $db$.


# %% solution="linreg-gradients"
def gradients(X, Y, W, b):
    """X (m, n_in), Y (m, n_out): returns dW (n_in, n_out) and db (n_out,) of the MSE."""
    ### BEGIN SOLUTION
    dP = mse_gradient(predict(X, W, b), Y)
    return X.T @ dP, dP.sum(axis=0)
    ### END SOLUTION


# %% check="linreg.gradients"
check("linreg.gradients", gradients)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Two steps, as always on the way back. First: how does the loss change with each prediction?
#    You have written that function already. Call its result dP; it has the shape of the
#    predictions, and the mean is in it. Then nothing needs to be divided again.
# 2. Second: from dP to W and b. Let the shapes lead you. dW must be (n_in, n_out), made of X (m,
#    n_in) and dP (m, n_out). The size m has to meet m in the middle of the product, so one factor
#    is turned round, and it stands first.
# 3. For db, add the rows of dP: the samples run down the columns, which is axis 0. Without
#    keepdims the result is flat, as b is. Return dW first, then db.
#
# </details>

# %% [markdown]
# You need not believe a check. Lesson 03 gave you the means to test a gradient yourself: nudge each
# number, and see what the loss does.

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
# Now take steps. Start at $W = 0$ and $b = 0$; in each epoch note the loss, compute both gradients,
# and step against them:
#
# $$W \leftarrow W - \eta\, dW \qquad b \leftarrow b - \eta\, db$$
#
# The letter $\eta$ (eta) is the learning rate.
#
# **Put in order.** One round of the loop in four steps, shuffled. Which orders are right?
#
# - (a) replace $b$
# - (b) compute $dW$ and $db$
# - (c) append the loss to the list
# - (d) replace $W$
#
# <details><summary>Compare</summary>
#
# (a) and (d) come last, in either order: both gradients belong to the place where you stand before
# the step. (b) and (c) come before them, in either order.
#
# </details>
#
# ### Your turn: `fit`
#
# `losses` is a list of `epochs` numbers: the MSE **before** each step, so the first one is that of
# the zero weights.


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
check("linreg.fit", fit)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Before the loop: W and b full of zeros, and an empty list. W is (n_in, n_out): n_in is the
#    number of columns of X, n_out that of Y. In the loop: note the loss, compute the gradients,
#    take the step.
# 2. The order inside the loop matters twice. The loss is noted before the step, so the first one
#    is that of zero weights. And dW and db are both computed before either W or b moves. You have
#    a function that gives both at once.
# 3. A step subtracts the learning rate times the gradient. Write the new value under the same
#    name, W = W - …, and the same for b. After the loop return W, b and the list.
#
# </details>

# %% [markdown]
# With one weight and one bias, the loss is a landscape over a plane, and we can look at it from
# above. Take four samples of our line, $x = 0, 1, 2, 3$. The loss is a bowl with its lowest point
# at $w = 2$, $b = 3$. The rings are lines of equal loss.
#
# **Decide, then run.** Descent starts at (0, 0). Will it walk straight to the star?

# %%
x_small = np.array([[0.0], [1.0], [2.0], [3.0]])
y_small = 2 * x_small + 3


def path_of(x, y, learning_rate, steps):
    """The places (w, b) that descent visits."""
    fits = [fit(x, y, learning_rate, epochs) for epochs in range(steps + 1)]
    return [(W.item(), b.item()) for W, b, _ in fits]


def loss_at(x, y):
    """The loss as a function of w and b."""
    return lambda w, b: mse(w * x + b, y)


plots.descent(
    loss_at(x_small, y_small),
    path_of(x_small, y_small, learning_rate=0.1, steps=25),
    window=((-0.5, 4.5), (-0.5, 4.5)),
    minimum=(2, 3),
    title="25 steps at the rate 0.1",
)

# %% [markdown]
# It takes the steepest way, which is not the shortest one: first across into the valley, then along
# the valley, in ever smaller steps.
#
# ### The bottom, without walking
#
# For a linear model the lowest point can be computed at once. A bias is a weight whose input is
# always 1. So put a column of ones beside $X$, and the bias below $W$:
#
# $$P = X W + b = \begin{pmatrix} X & 1 \end{pmatrix} \begin{pmatrix} W \\ b \end{pmatrix}$$
#
# At the lowest point the gradient is 0. For the MSE of a linear model, that condition is a system
# of linear equations, the <dfn>normal equations</dfn>. NumPy's part for linear algebra,
# `np.linalg`, solves it: `np.linalg.lstsq(A, B)` returns several things, the first of which is the
# table $S$ that makes the squared errors of $A S - B$ smallest.
#
# **Worked example.** Without a bias, so that the line must go through the origin:

# %%
slope = np.linalg.lstsq(x_small, y_small)[0]
print(f"the best line through the origin has the slope {slope.item():.4f}")

# %% [markdown]
# ### Your turn: `closed_form`
#
# Now with the bias. `np.hstack([A, B])` puts two tables side by side, and `np.ones((m, 1))` is a
# column of ones.


# %% solution="linreg-closed_form"
def closed_form(X, Y):
    """X (m, n_in), Y (m, n_out): returns the W (n_in, n_out) and b (n_out,) of the lowest MSE."""
    ### BEGIN SOLUTION
    solution = np.linalg.lstsq(np.hstack([X, np.ones((len(X), 1))]), Y)[0]
    return solution[:-1], solution[-1]
    ### END SOLUTION


# %% check="linreg.closed_form"
check("linreg.closed_form", closed_form)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. A bias is a weight whose input is always 1. So give X one more column, full of ones. Then the
#    whole model is one product, and only one table of unknowns is left: the rows of W, and b as
#    one more row.
# 2. NumPy's np.linalg.lstsq finds the table that makes the squared errors smallest. Give it the
#    extended X and Y. It returns several things; the solution is the first of them. np.hstack
#    puts tables side by side, np.ones makes the column of shape (m, 1).
# 3. Cut the solution where you glued. If the ones are the last column, the last row is b and the
#    rows above it are W. Take b with a single index, so that it is flat.
#
# </details>

# %%
W_best, b_best = closed_form(x_small, y_small)
print(f"closed form:          w = {W_best.item():.4f}, b = {b_best.item():.4f}")
for epochs in (25, 100, 400):
    W, b, _ = fit(x_small, y_small, 0.1, epochs)
    print(f"after {epochs:3d} steps:      w = {W.item():.4f}, b = {b.item():.4f}")

# %% [markdown]
# Then why descend at all? Because the shortcut is for linear models only. With the first ReLU it is
# gone, and descent still works.
#
# ## 5. How fast may it go?
#
# A high rate saves steps, until it is too high. Where is the limit? Begin with a loss of one
# parameter, $\frac{\lambda}{2} \theta^2$: a parabola with the curvature $\lambda$ (lambda), lowest
# at 0. Its gradient is $\lambda \theta$, so a step gives
#
# $$\theta \leftarrow \theta - \eta \lambda \theta = (1 - \eta \lambda)\, \theta$$
#
# Each step multiplies the distance from the lowest point by the same factor, $1 - \eta \lambda$.
#
# **Decide, then run.** Which of these five rates lead to 0? Which one gets there fastest? What does
# the fourth one do?

# %%
curvature = 4.0
print("rate   factor   theta after 0, 1, 2, 3, 4 steps")
for rate in (0.1, 0.25, 0.4, 0.5, 0.6):
    factor = 1 - rate * curvature
    thetas = "  ".join(f"{factor**k:6.2f}" for k in range(5))
    print(f"{rate:4.2f}   {factor:6.2f}   {thetas}")

# %% [markdown]
# The limit is where the factor becomes -1: $\eta = 2 / \lambda$. Beyond it each step lands further
# away, on the other side.
#
# Now to our bowl. It is steep across the valley and flat along it, so it has many curvatures, and
# we need the largest. One table knows them all. In the <dfn>Hessian</dfn> the entry in row $i$
# and column $j$ says by how much the $i$-th number of the gradient grows if the $j$-th parameter
# grows by 1. With one parameter, where the gradient is $\lambda \theta$, it is the single number
# $\lambda$.
#
# Let $\tilde X = (X \; 1)$ be the table with its column of ones, and $\theta$ the column of all
# parameters, the bias last. For one output the gradient of the MSE is
# $\frac{2}{m} \tilde X^\top (\tilde X \theta - y)$. The factor of $\theta$ in it is the Hessian:
#
# $$H = \frac{2}{m}\, \tilde X^\top \tilde X$$
#
# The 2 comes from the square and the $1/m$ from the mean. The <dfn>eigenvalues</dfn> of the Hessian
# are the curvatures of the loss along its main directions, the largest one along the steepest. That
# direction is the first to fail, so descent converges as long as
#
# $$\eta < \frac{2}{\lambda_\mathrm{max}(H)}$$
#
# You need not know how eigenvalues are computed: `np.linalg.eigvalsh(H)` gives those of a symmetric
# matrix, in rising order. (With several outputs the mean is over $m \cdot n_\mathrm{out}$ entries;
# then the limit is $n_\mathrm{out}$ times higher.)
#
# **Worked example.** For $x = 0, 1, 2, 3$ the products of the columns of $\tilde X$ are
# $0 + 1 + 4 + 9 = 14$, $0 + 1 + 2 + 3 = 6$ and $1 + 1 + 1 + 1 = 4$, and $2/m$ is $1/2$:
#
# $$H = \frac{1}{2} \begin{pmatrix} 14 & 6 \\ 6 & 4 \end{pmatrix}
# = \begin{pmatrix} 7 & 3 \\ 3 & 2 \end{pmatrix}$$

# %%
H_small = np.array([[7.0, 3.0], [3.0, 2.0]])
for eigenvalue in np.linalg.eigvalsh(H_small):
    print(f"curvature {eigenvalue:.4f}: this direction allows a rate up to {2 / eigenvalue:.4f}")

# %% [markdown]
# The lower of the two rates counts: about 0.238.
#
# ### Your turn: `max_learning_rate`
#
# For any `X`, and one output.


# %% solution="linreg-max_learning_rate"
def max_learning_rate(X):
    """X (m, n_in): returns the rate above which `fit` diverges, for one output."""
    ### BEGIN SOLUTION
    X1 = np.hstack([X, np.ones((len(X), 1))])
    hessian = 2 / len(X) * X1.T @ X1
    return 2 / np.linalg.eigvalsh(hessian)[-1]
    ### END SOLUTION


# %% check="linreg.max_learning_rate"
check("linreg.max_learning_rate", max_learning_rate)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. The limit is set by the steepest direction of the bowl. Its curvature is the largest
#    eigenvalue of the Hessian, and the Hessian is written above: a factor, times the transposed
#    table, times the table.
# 2. The table is X with a column of ones, the one that you used in closed_form: b is a parameter
#    like the others. The factor comes from the MSE: 2 from the square, 1/m from the mean.
# 3. np.linalg.eigvalsh gives the eigenvalues of a symmetric matrix in rising order, so the
#    largest is the last. The limit is 2 divided by it. For X = [[2], [2]] the table's product is
#    [[8, 4], [4, 2]], the factor is 1, the largest eigenvalue 10 and the limit 0.2.
#
# </details>

# %% [markdown]
# A formula that forbids something should be put to the test. Descend just below the limit and just
# above it.
#
# **Decide, then run.** Sketch both paths before you look.

# %%
limit = max_learning_rate(x_small)
plots.descent(
    loss_at(x_small, y_small),
    {
        "0.9 times the limit": path_of(x_small, y_small, 0.9 * limit, 20),
        "1.1 times the limit": path_of(x_small, y_small, 1.1 * limit, 6),
    },
    window=((-2, 7), (-0.5, 5)),
    minimum=(2, 3),
    title=f"Around the limit {limit:.3f}",
)

# %%
print("rate / limit   loss after 0 steps   after 30   after 60")
for share in (0.5, 0.98, 1.02):
    _, _, losses = fit(x_small, y_small, share * limit, 61)
    print(f"{share:12.2f}   {losses[0]:18.4f}   {losses[30]:8.4f}   {losses[60]:8.4f}")

# %% [markdown]
# ## 6. Scaling: a rounder bowl
#
# Now the real training part, with $x$ from -68 to 48. **Decide, then run.** Larger numbers in $X$
# mean larger numbers in $H$. Will the limit be higher or lower than 0.238? And after 300 steps at
# half the limit, which will be nearer to its goal: $w$ (2) or $b$ (3)?


# %%
def curvatures(x):
    """The smallest and the largest curvature, for one input, as in the worked example."""
    corner = np.mean(x)
    return np.linalg.eigvalsh([[2 * np.mean(x**2), 2 * corner], [2 * corner, 2]])


limit_raw = max_learning_rate(x_train)
W, b, _ = fit(x_train, y_train, limit_raw / 2, 300)
flat, steep = curvatures(x_train)
print(f"limit {limit_raw:.6f}; steepest curvature over flattest: {steep / flat:.0f}")
print(f"after 300 steps: w = {W.item():.4f}, b = {b.item():.4f}")

# %%
plots.descent(
    loss_at(x_train, y_train),
    path_of(x_train, y_train, limit_raw / 2, 25),
    window=((-1, 4), (-1, 4)),
    minimum=(2, 3),
    title="The training part as it is: a ravine",
)

# %% [markdown]
# Across the ravine one step is enough. Along it descent creeps, since the steep direction forbids a
# higher rate. The cure is to scale: bring each column to the same range before training.
# <dfn>Min-max scaling</dfn> moves and shrinks each column, so that its smallest value becomes 0 and
# its largest becomes 1.
#
# $$x_\mathrm{scaled} = \frac{x - \mathrm{lo}}{\mathrm{hi} - \mathrm{lo}}$$
#
# **Worked example.** In the training part $x$ goes from -68 to 48, a range of 116. So $x = -68$
# becomes 0, $x = 48$ becomes 1, and $x = -66$ becomes $2 / 116 \approx 0.01724138$.
#
# **Now with gaps.** $y$ goes from -133 to 99, a range of … So $y = -17$ becomes $\ldots / \ldots =
# \ldots$
#
# <details><summary>Compare</summary>
#
# The range is 232, and -17 is 116 above the smallest value: 116/232 = 0.5.
#
# </details>
#
# It is done in two functions, for a reason that the bug hunt below will show. The first one looks
# at the training part and keeps `lo` and `hi`. The second one uses them, on any data.
#
# ### Your turn: `min_max_fit`


# %% solution="linreg-min_max_fit"
def min_max_fit(X):
    """X (m, n): returns lo (n,) and hi (n,), each column's smallest and largest value."""
    ### BEGIN SOLUTION
    return X.min(axis=0), X.max(axis=0)
    ### END SOLUTION


# %% check="linreg.min_max_fit"
check("linreg.min_max_fit", min_max_fit)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Each column is a quantity of its own: x in kilometres, perhaps, beside an age in years. So
#    there are as many smallest values as columns, and as many largest ones.
# 2. NumPy arrays have the methods min and max. Without an axis they look through the whole table.
#    With an axis they look along that direction and remove it: a table of shape (m, n) becomes a
#    flat array.
# 3. You want the direction of the samples to disappear, and n numbers to be left. The samples are
#    the rows of X, so it is axis 0. Return two arrays, the smallest values first. Nothing is
#    sorted, and X stays as it is.
#
# </details>

# %% [markdown]
# ### Your turn: `min_max_transform`
#
# A column that is constant has no range: `hi` equals `lo`. It tells the model nothing, so it should
# come out as 0.


# %% solution="linreg-min_max_transform"
def min_max_transform(X, lo, hi):
    """X (m, n), lo (n,), hi (n,): returns X with lo moved to 0 and hi to 1, column by column."""
    ### BEGIN SOLUTION
    span = np.where(hi > lo, hi - lo, 1)
    return np.where(hi > lo, (X - lo) / span, 0)
    ### END SOLUTION


# %% check="linreg.min_max_transform"
check("linreg.min_max_transform", min_max_transform)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Two moves turn the range from lo to hi into the range from 0 to 1. First shift, so that lo
#    lands on 0. Where does hi land then? Divide by that.
# 2. lo and hi are flat, with one number for each column. NumPy lays them along each row of X, so
#    no loop is needed. Use the lo and hi that come in: new data are measured with the training
#    part's ruler, and may land outside 0 to 1.
# 3. In a constant column hi - lo is 0. Look out for it before you divide: np.where(span == 0, 1,
#    span) gives a divisor that is never 0. Such a column then comes out as 0 by itself, since X -
#    lo is 0 there.
#
# </details>

# %%
x_lo, x_hi = min_max_fit(x_train)
y_lo, y_hi = min_max_fit(y_train)
x_scaled = min_max_transform(x_train, x_lo, x_hi)
y_scaled = min_max_transform(y_train, y_lo, y_hi)
flat, steep = curvatures(x_scaled)
print("scaled x begins:", "  ".join(f"{value:.8f}" for value in x_scaled[:4, 0]))
print("scaled y begins:", "  ".join(f"{value:.8f}" for value in y_scaled[:4, 0]))
print(
    f"limit {max_learning_rate(x_scaled):.4f}; steepest curvature over flattest: {steep / flat:.0f}"
)

# %%
plots.descent(
    loss_at(x_scaled, y_scaled),
    path_of(x_scaled, y_scaled, max_learning_rate(x_scaled) / 2, 25),
    window=((-0.5, 1.5), (-0.6, 0.8)),
    minimum=(1, 0),
    title="The training part scaled: a bowl again",
    xlabel="w (scaled)",
    ylabel="b (scaled)",
)

# %% [markdown]
# From 1369 to 1 down to 19 to 1. Also look at the printed columns: scaled $y$ equals scaled
# $x$. Every rising straight line does that, whatever its slope. So in scaled numbers the model to
# be found is "$y = x$": $w = 1$, $b = 0$.
#
# ### Find the bug: a leak
#
# **This cell is wrong on purpose.** It scales training and test part, and both come out between 0
# and 1. It comes from a real notebook.


# %%
def planted_scaler(train, test):
    train_scaled = (train - train.min()) / (train.max() - train.min())
    test_scaled = (test - test.min()) / (test.max() - test.min())
    return train_scaled, test_scaled


_, x_planted = planted_scaler(x_train, x_test)
_, y_planted = planted_scaler(y_train, y_test)
print(f"error of 'y = x' on the planted test part: {mae(x_planted, y_planted):.6f}")

# %% [markdown]
# Perfect? Make it contradict itself. Suppose the truth were different for small $x$: in the test
# part $y = 0.5 x - 100$, a line with another slope, which no training example hints at. The model
# "$y = x$" has never seen it, and should be badly wrong there.
#
# Measure it twice, in scaled numbers, with your `mae`: prediction `x` scaled against target
# `y_false` scaled.
#
# - `leaky_mae`: test part scaled by `planted_scaler`;
# - `honest_mae`: test part scaled by your two functions, with the training part's `lo` and `hi`.
#
# You need `x_train`, `y_train`, `x_test` and `y_false`.

# %%
y_false = 0.5 * x_test - 100
print(f"y_false goes from {y_false.min():.0f} to {y_false.max():.0f}")

# %% solution="linreg-leak"
# leaky_mae and honest_mae: two numbers, computed
### BEGIN SOLUTION
_, x_leaky = planted_scaler(x_train, x_test)
_, y_leaky = planted_scaler(y_train, y_false)
leaky_mae = mae(x_leaky, y_leaky)

x_honest = min_max_transform(x_test, *min_max_fit(x_train))
y_honest = min_max_transform(y_false, *min_max_fit(y_train))
honest_mae = mae(x_honest, y_honest)
### END SOLUTION

# %% check="linreg.leak"
check("linreg.leak", leaky_mae=leaky_mae, honest_mae=honest_mae)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. The model says: scaled y equals scaled x. So its prediction for the test part is the scaled
#    x_test itself, and its error is the difference from the scaled y_false. Your mae does the
#    rest, twice.
# 2. For leaky_mae let planted_scaler scale the training part and the test part as it likes, x and
#    y separately, and take what it returns for the test part. Then put x and y side by side in
#    mae.
# 3. For honest_mae get lo and hi of x_train by min_max_fit, and use them to scale x_test with
#    min_max_transform. Do the same with y_train and y_false: y has a ruler of its own. The test
#    part's own smallest and largest values appear nowhere.
#
# </details>

# %% [markdown]
# What would the honest error be in the unit of $y$? Undo the scaling: multiply by the range of the
# training part, 232.

# %%
y_range = (y_hi - y_lo).item()
print(f"leaky: off by {leaky_mae * y_range:.1f} on average; honest: by {honest_mae * y_range:.1f}")

# %% [markdown]
# A <dfn>leak</dfn> is knowledge of the test part that gets into the model or its data, so that the
# test looks better than it is. This scaler looked at the test part, targets and all. The rule
# against it is short: *fit on the training part, transform both*. Test data may then land below 0
# or above 1. They should: that is how far the model has to reach.
#
# **A good place for a break.** You have a neuron that learns, a limit for its rate, and data that
# suit it. After the break come three layers.
#
# ## 7. A stack of linear layers
#
# Now three layers in a row: one input, two units, two units, one output, written 1-2-2-1. Each
# layer computes $A W + b$, where $A$ is what the layer before gave. A <dfn>linear layer</dfn> has
# no ReLU and no other function behind its sum. Here all three are linear. That makes no better
# model, as you will see; but it has all that a deep network needs, and its numbers can be compared
# with printed ones.
#
# ### Where to start: Glorot's rule
#
# Equal weights never part, so they start at random. How large should they be? If they are too
# large, the numbers grow from layer to layer; if too small, they fade. <dfn>Glorot's rule</dfn> (by
# Glorot and Bengio, 2010) draws each weight of a layer from an interval around 0 that is the
# narrower, the more inputs and outputs the layer has. All numbers in it are equally likely:
#
# $$W_{jk} \text{ uniform between } -r \text{ and } r, \qquad
# r = \sqrt{\frac{6}{n_\mathrm{in} + n_\mathrm{out}}}$$
#
# It is what Keras does if you do not ask for something else. **Worked example.** For 3 inputs and
# 3 outputs $r = \sqrt{6/6} = 1$. A printed example of Keras has the nine weights 0.394, -0.198,
# 0.176, -0.658, 0.912, 0.593, 0.689, 0.943 and 0.318: all are between -1 and 1, and one is near 1.
#
# **Now with gaps.** For 20 inputs and 4 outputs $r = \sqrt{6 / \ldots} = \ldots$
#
# <details><summary>Compare</summary>
#
# The square root of 6/24 is 0.5.
#
# </details>
#
# ### Your turn: `glorot_uniform`


# %% solution="linreg-glorot_uniform"
def glorot_uniform(n_in, n_out, rng):
    """Returns weights (n_in, n_out), drawn from rng by Glorot's rule."""
    ### BEGIN SOLUTION
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, size=(n_in, n_out))
    ### END SOLUTION


# %% check="linreg.glorot_uniform"
check("linreg.glorot_uniform", glorot_uniform)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. First the limit: the square root (np.sqrt) of 6 divided by the sum of the two sizes. For 30
#    inputs and 20 outputs it is about 0.35. Larger layers have smaller weights.
# 2. Then the numbers. They should be equally likely everywhere between minus the limit and plus
#    the limit. The generator rng has a method for just that. Use rng, which was handed in, so
#    that whoever calls the function decides about the seed.
# 3. The method is rng.uniform. It takes the lower end, the upper end and, as size, the shape that
#    you want. The shape is that of W with samples in rows: inputs first.
#
# </details>

# %% [markdown]
# For the rest of this section we take weights that were printed elsewhere, by a notebook that built
# this network with TensorFlow. Look closely at them: two numbers appear three times. A new
# generator with the same seed was made for every layer. That is why `glorot_uniform` is handed its
# `rng`, and does not make one.

# %%
W1 = np.array([[-0.29604465, -0.21134205]])
W2 = np.array([[-0.29604465, -0.21134205], [0.01063002, 1.5165398]])
W3 = np.array([[-0.29604465], [-0.21134205]])
parameters = [(W1, np.zeros(2)), (W2, np.zeros(2)), (W3, np.zeros(1))]

X = np.arange(32.0, 50.0, 2.0).reshape(-1, 1)
Y = 2 * X + 3

# The figure was made for the columns convention: it wants one row for each unit.
plots.network(
    [W1.T, W2.T, W3.T],
    names=["input x", "layer 1", "layer 2", "output"],
    title="The 1-2-2-1 network and its weights",
)

# %% [markdown]
# ### How many parameters?
#
# **Count first.** Each line in the figure is a weight, and each unit has a bias; the input is no
# unit. Count the parameters of the three layers, before you write the function that does it.
#
# ### Your turn: `count_parameters`
#
# `count_parameters([1, 2, 2, 1])` should return a list with three numbers, one for each layer.


# %% solution="linreg-count_parameters"
def count_parameters(layer_sizes):
    """layer_sizes, the input first: returns a list with each layer's number of parameters."""
    ### BEGIN SOLUTION
    counts = []
    for k in range(1, len(layer_sizes)):
        n_in, n_out = layer_sizes[k - 1], layer_sizes[k]
        counts.append(n_in * n_out + n_out)
    return counts
    ### END SOLUTION


# %% check="linreg.count_parameters"
check("linreg.count_parameters", count_parameters)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Take the first layer of 1-2-2-1: one input, two units. How many lines lead from the input to
#    the units? Each is a weight. And how many biases are there?
# 2. In general every input of a layer is joined with each of its units, and each unit has one
#    bias. The inputs of a layer are the units of the layer before it. So a layer needs two
#    neighbouring sizes of the list.
# 3. Four sizes make three layers, so go through the neighbouring pairs: the sizes without the
#    last one, side by side with the sizes without the first one. zip does that. For each pair
#    append inputs times units, plus units.
#
# </details>

# %% [markdown]
# Frameworks print such a table for every model; it is the first thing to look at when a shape
# surprises you.


# %%
def summary(parameters):
    """Print the shapes and the number of parameters of each layer."""
    sizes = [len(parameters[0][0])] + [len(b) for _, b in parameters]
    counts = count_parameters(sizes)
    print("layer   W          b         parameters")
    for k, (W, b) in enumerate(parameters):
        print(f"{k + 1:5d}   {str(W.shape):10s} {str(b.shape):9s} {counts[k]:10d}")
    print(f"all {sum(counts):35d}")


summary(parameters)

# %% [markdown]
# ### Your turn: `network_forward`
#
# Return the outputs of all layers in a list, the prediction last: the way back will need them all.


# %% solution="linreg-network_forward"
def network_forward(X, parameters):
    """X (m, n_x), parameters [(W, b), ...]: returns [A1, A2, P], each layer's output."""
    ### BEGIN SOLUTION
    outputs = []
    A = X
    for W, b in parameters:
        A = A @ W + b
        outputs.append(A)
    return outputs
    ### END SOLUTION


# %% check="linreg.network_forward"
check("linreg.network_forward", network_forward)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. One layer is your predict: a product and a bias. A network does it again and again, and what
#    comes out of one layer goes into the next one.
# 2. Keep one name for the current output, and start it as X. Go through the list of parameters,
#    `for W, b in parameters`, replace the current output by what the layer makes of it, and
#    append it to a list.
# 3. With samples in rows a layer is the current output @ W + b. Write it with = and not with an
#    assignment into the array, so that X and the outputs in the list stay as they are. There is
#    no ReLU in this network. Return the list: three arrays, the prediction last.
#
# </details>

# %% [markdown]
# The notebook that these weights come from printed the predictions 0.9354558 for $x = 32$, up to
# 1.4031837 for $x = 48$, and an MAE of 81.83067. It was calculated with seven digits (float32), and
# here we have sixteen, so the last digit may differ.

# %%
P = network_forward(X, parameters)[-1]
print(f"predictions: {P[0, 0]:.6f}, {P[1, 0]:.6f}, … {P[-1, 0]:.6f}")
print(f"MAE: {mae(P, Y):.5f}")

# %% [markdown]
# **Decide, then run.** Three layers in a row without a ReLU: $((x W_1) W_2) W_3$. Could one single
# neuron give the same predictions? With which weight?

# %%
w_single = (W1 @ W2 @ W3).item()
print(f"one neuron with w = {w_single:.6f} predicts {32 * w_single:.6f} for x = 32")

# %% [markdown]
# So the stack is one straight line again, with 13 parameters instead of 2. Linear layers add no
# bends, however many there are. It is the ReLU or the tanh between them that makes depth worth its
# price.
#
# ### One step back, through three layers
#
# For networks the loss is usually written as half the squared error, and the mean is over the
# samples only:
#
# $$L = \frac{1}{2m} \sum_{i,k} (P_{ik} - Y_{ik})^2, \qquad dZ_3 = \frac{P - Y}{m}$$
#
# The 1/2 cancels the 2 of the derivative. The division by $m$ happens here, once. From then on each
# layer does what you know from section 1; and since the layers are linear, there is no mask.
#
# **Now with gaps.** Fill in the second and third line on paper, from the first. Let the shapes
# decide ($m = 9$ samples).
#
# | layer | its input | $dZ$ | $dW$ | $db$ |
# |---|---|---|---|---|
# | 3 | $A_2$ (9, 2) | $(P - Y)/m$ (9, 1) | $A_2^\top dZ_3$ (2, 1) | column sums of $dZ_3$ (1,) |
# | 2 | … | $dZ_3\, W_3^\top$ (9, 2) | … | … |
# | 1 | … | … | … | … |
#
# <details><summary>Compare</summary>
#
# Layer 2 has the input A1, (9, 2); its dW is A1 turned round times dZ2, (2, 2), and its db the
# column sums of dZ2, (2,). Layer 1 has the input X, (9, 1); its dZ is dZ2 times W2 turned
# round, (9, 2); its dW has the shape (1, 2), its db the shape (2,).
#
# </details>
#
# ### Your turn: `network_step`
#
# One step of gradient descent. Return the new parameters in the same form, a list of three pairs,
# and leave the old ones as they are.


# %% solution="linreg-network_step"
def network_step(X, Y, parameters, learning_rate):
    """X (m, n_x), Y (m, n_y), parameters [(W1, b1), (W2, b2), (W3, b3)]: returns new ones."""
    ### BEGIN SOLUTION
    (W1, b1), (W2, b2), (W3, b3) = parameters
    A1, A2, P = network_forward(X, parameters)
    dZ3 = (P - Y) / len(X)
    dZ2 = dZ3 @ W3.T
    dZ1 = dZ2 @ W2.T
    return [
        (W1 - learning_rate * X.T @ dZ1, b1 - learning_rate * dZ1.sum(axis=0)),
        (W2 - learning_rate * A1.T @ dZ2, b2 - learning_rate * dZ2.sum(axis=0)),
        (W3 - learning_rate * A2.T @ dZ3, b3 - learning_rate * dZ3.sum(axis=0)),
    ]
    ### END SOLUTION


# %% check="linreg.network_step"
check("linreg.network_step", network_step)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Forward first: your network_forward gives A1, A2 and P. Then go back from the end. For this
#    loss the last layer's dZ is P - Y divided by m: all samples, one division, and none later.
# 2. Each layer needs two things: dZ of its own output, and what went into it (A2 for the third
#    layer, A1 for the second, X for the first). From them come dW and db, as in gradients. The
#    layers are linear, so there is no mask.
# 3. Before you go to the layer below, send dZ through the old weights, turned round: dZ @ W.T.
#    Compute all six gradients first; then make the new parameters, old minus learning rate times
#    gradient, as a new list of three pairs. Check the names in each line.
#
# </details>

# %% [markdown]
# Compare with what was printed: new $W_3$ = [-0.26764387, -0.2971279], new $W_1$ = [-0.25204194,
# -0.3189828], at the rate 0.0001.

# %%
(new_W1, _), (new_W2, _), (new_W3, new_b3) = network_step(X, Y, parameters, 1e-4)
for name, W in (("W1", new_W1), ("W2", new_W2), ("W3", new_W3)):
    print(f"new {name}:", "  ".join(f"{value:.7f}" for value in W.ravel()))
print(f"new b3: {new_b3.item():.7f}")

# %% [markdown]
# The weights agree to all seven digits. Keep an eye on $b_3$, though: it was printed as 0.0736476.
#
# That notebook also printed every weight after every step, page after page. A figure says it
# better.
#
# **Decide, then run.** The network has to reach the slope 2 with the product of its weights. Will
# all weights change by about the same amount?

# %%
history = {"W1": [W1], "W2": [W2], "W3": [W3]}
state = parameters
for _ in range(15):
    state = network_step(X, Y, state, 1e-4)
    for k, name in enumerate(history):
        history[name].append(state[k][0])

plots.weight_history(
    {name: np.array(states) for name, states in history.items()},
    title="The eight weights in 15 steps",
    xlabel="step",
)

# %% [markdown]
# Three of the eight weights move most: `W1[0, 1]`, `W2[1, 1]` and `W3[1, 0]`. They
# lie one behind the other, on the way from the input through the two lower units to the output.
# Look at the figure of the network: the largest weight, 1.517, is on that way. The gradient of a
# weight is multiplied by the other weights on its way, so a large one makes its neighbours learn
# fast.

# %%
P_end = network_forward(X, state)[-1]
print(f"MAE before: {mae(P, Y):.3f}, after 15 steps: {mae(P_end, Y):.3f}")

# %% [markdown]
# ### Find the bug: which updates are wrong?
#
# **This cell is wrong on purpose.** It is the step of that notebook, with its two helpers.


# %%
def planted_step(X, Y, parameters, learning_rate):
    def new_weights(dZ, A_before, W):
        dW = A_before.T @ dZ / len(A_before)
        return W - learning_rate * dW

    def new_bias(dZ, b):
        db = dZ.sum(axis=0)
        return b - learning_rate * db

    (W1, b1), (W2, b2), (W3, b3) = parameters
    A1, A2, P = network_forward(X, parameters)
    dZ3 = P - Y
    new_W3, new_b3 = new_weights(dZ3, A2, W3), new_bias(dZ3, b3)
    dZ2 = dZ3 @ W3.T
    new_W2, new_b2 = new_weights(dZ2, A1, W2), new_bias(dZ2, b3)
    dZ1 = dZ2 @ W2.T
    new_W1, new_b1 = new_weights(dZ1, X, W1), new_bias(dZ1, b1)
    return [(new_W1, new_b1), (new_W2, new_b2), (new_W3, new_b3)]


# %% [markdown]
# Does it learn? **Decide, then run.** If updates are wrong, will the error rise?

# %%
state = parameters
for step in range(3):
    print(f"MAE after {step} planted steps: {mae(network_forward(X, state)[-1], Y):.5f}")
    state = planted_step(X, Y, state, 1e-4)

# %% [markdown]
# It falls, and up to the last digit these are the errors that were printed, 81.83067 and 78.28142.
# So a falling error proves nothing. You have something better: a step that passed its check. Take a
# step with each function, from the same place, and compare parameter by parameter. A mix-up of two
# biases cannot be seen while all biases are 0, so start from a place where they are not. The first
# comparison is done.

# %%
rng = np.random.default_rng(6)
elsewhere = [(W, rng.normal(size=b.shape)) for W, b in parameters]
right_step = network_step(X, Y, elsewhere, 1e-4)
wrong_step = planted_step(X, Y, elsewhere, 1e-4)

old, right, planted = elsewhere[2][0], right_step[2][0], wrong_step[2][0]
print("W3, right step:  ", "  ".join(f"{value:.6f}" for value in (right - old).ravel()))
print("W3, planted step:", "  ".join(f"{value:.6f}" for value in (planted - old).ravel()))

# %% [markdown]
# Compare the other five in a cell of your own (`elsewhere[0][0]` is $W_1$, `elsewhere[0][1]` is
# $b_1$, and so on). Then set `suspects` to the names of all parameters whose update is wrong, out
# of `"W1"`, `"b1"`, `"W2"`, `"b2"`, `"W3"`, `"b3"`.

# %% solution="linreg-suspects"
# suspects: a set of names, such as {"W1", "W2"}
### BEGIN SOLUTION
for _layer in range(3):
    for _which, _letter in enumerate("Wb"):
        _same = np.allclose(right_step[_layer][_which], wrong_step[_layer][_which], rtol=1e-9)
        print(f"{_letter}{_layer + 1}: {'agrees' if _same else 'differs'}")
suspects = {"b1", "b2", "b3"}
### END SOLUTION

# %% check="linreg.suspects"
check("linreg.suspects", suspects=suspects)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Do not read the code for bugs at first: let it contradict itself. You have a step that passed
#    its check. Take one with each function, from the same place, and compare the new parameters
#    pair by pair.
# 2. Take the parameters of the cell above, whose biases are not zero: a bug that mixes up two
#    biases is invisible while both are 0. Where the two results agree, the update is right. Where
#    they differ, it is not.
# 3. Several parameters can share one bug, if one function computes their steps; and one parameter
#    can suffer from two. Name every parameter whose new value differs, as text, in curly braces.
#
# </details>

# %% [markdown]
# ### In your own words
#
# A friend reports: "I scaled the whole table to the range 0 to 1 first, then I cut off the last
# fifth for testing. And because the data bend a little, I used five linear layers instead of one,
# so that the model can bend too." Explain in four to six sentences what is wrong with each half of
# this plan, and what you would do instead. A person will read your answer and give up to 2 points.

# %% [markdown] written="linreg-explain" points=2
# ### BEGIN SOLUTION
# Scaling: the smallest and largest values were taken from all the data, so the scaling has seen the
# test part. The test is no longer a test on unknown data, and its result looks better than it
# should. Split first, take lo and hi from the training part only, and use them for both parts; test
# values may then lie outside 0 to 1. Layers: a product of linear layers is again one linear layer,
# x W1 W2 … is x times one matrix, so five of them can draw only what one can, a straight line. To
# bend, the network needs a ReLU or tanh between the layers.
# ### END SOLUTION

# %% [markdown]
# ## Recap
#
# - From here on samples are rows: $X W + b$, a flat bias, sums over axis 0.
# - MSE and MAE are means over all entries. The mean is taken once, in the first gradient.
# - Descent converges below 2 over the largest curvature. Large or uneven inputs make that limit low
#   and the valley long; scaling makes the bowl rounder.
# - Fit the scaler on the training part, transform both. Anything else is a leak.
# - Linear layers in a row are one linear layer. A falling loss is no proof of right gradients.
#
# ### The formulas on one card
#
# | what | formula | shape |
# |---|---|---|
# | layer | $Z = X W + b$ | $(m, n_\mathrm{out})$ |
# | back to the weights | $dW = X^\top dZ$ | $(n_\mathrm{in}, n_\mathrm{out})$ |
# | back to the biases | $db = \sum_\mathrm{samples} dZ$ | $(n_\mathrm{out},)$ |
# | back to the inputs | $dX = dZ\, W^\top$ | $(m, n_\mathrm{in})$ |
# | gradient of the MSE | $2 (P - Y) / (m\, n_\mathrm{out})$ | $(m, n_\mathrm{out})$ |
# | gradient of the MAE | $\mathrm{sign}(P - Y) / (m\, n_\mathrm{out})$ | $(m, n_\mathrm{out})$ |
# | gradient of $\frac{1}{2m} \sum (P - Y)^2$ | $(P - Y) / m$ | $(m, n_\mathrm{out})$ |
# | Hessian, one output | $H = \frac{2}{m} \tilde X^\top \tilde X$, $\tilde X = (X \; 1)$ | square |
# | limit of the learning rate | $2 / \lambda_\mathrm{max}(H)$ | a number |
# | Glorot's limits | $\pm\sqrt{6 / (n_\mathrm{in} + n_\mathrm{out})}$ | a number |
# | parameters of a layer | $n_\mathrm{in}\, n_\mathrm{out} + n_\mathrm{out}$ | a number |
#
# ### What comes next
#
# In lesson 07 the ReLU returns. You build a network with any number of layers, and reproduce the
# gradients of a real framework to its printed digits.
