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
# # Scaling and leaks
#
# **After this lesson you will be able to**
#
# - say why inputs of very different size make descent slow, and scale them;
# - use the absolute error as a loss, and send its gradient back;
# - recognise a leak from the test part into the training, and measure what it hides;
# - find the best line at once, without a single step.
#
# **Time**: about 60 minutes for 2,100 words to read and 8 exercises. **Builds on**: lesson 09
# (samples in rows, `fit`), and lesson 06 for the first question.

# %%
import numpy as np

from lessonlib import check, mine, plots
from lessonlib.data import line

# %% [markdown]
# ## A question from an earlier lesson
#
# A network has one hidden layer with three tanh units. Somebody starts it with every weight at 0.5
# and every bias at 0, and takes 1000 steps of gradient descent. What is true of the three hidden
# units afterwards? Answer from memory: set `hidden_units` to a letter, in quotes.
#
# - (a) They have learned three different things about the data.
# - (b) Their weights have changed, but the three are still equal to each other.
# - (c) Their weights are still 0.5: nothing has moved.
# - (d) Their weights have grown beyond all bounds.

# %% solution="linreg-recall_2"
# hidden_units: "a", "b", "c" or "d"
### BEGIN SOLUTION
hidden_units = "b"
### END SOLUTION

# %% check="linreg.recall_2"

# %% [markdown]
# ## 1. A ravine
#
# Lesson 09 fitted a line to 59 training pairs, with $y = 2x + 3$. After 300 epochs the weight was
# nearly right, and the bias was at 0.58 instead of 3.
#
# From here on you go on with what you wrote. `mine.linreg.fit` is your own `fit` from lesson 09,
# read from your saved notebook. If yours is missing or doesn't pass its check, you get the
# library's, and a line tells you why: "mine.linreg.fit is the library's: …". You can go on with
# that. To use your own, mend it in lesson 09, save, and run the next cell again.

# %%
predict, mse, fit = mine.linreg.predict, mine.linreg.mse, mine.linreg.fit

x_all, y_all = line()
x_test, y_test = x_all[:16], y_all[:16]
x_train, y_train = x_all[16:], y_all[16:]

W, b, _ = fit(x_train, y_train, 0.0004, 300)
print(f"after 300 epochs: w = {W.item():.4f}, b = {b.item():.4f}")

# %% [markdown]
# Why not take longer steps? **Decide, then run.** With the learning rate 0.0004 the bias creeps.
# What will happen at 0.0008? Choose one: "b gets there in time", "nothing changes", "w swings ever
# wider".

# %% solution="guess-ravine"
# guess: one of the three, in quotes
### BEGIN SOLUTION
guess = "w swings ever wider"
### END SOLUTION


# %%
def path_of(x, y, learning_rate, steps):
    """The places (w, b) that descent visits."""
    fits = [fit(x, y, learning_rate, epochs) for epochs in range(steps + 1)]
    return [(W.item(), b.item()) for W, b, _ in fits]


def loss_at(x, y):
    """The loss as a function of w and b."""
    return lambda w, b: mse(w * x + b, y)


paths = {}
for learning_rate in (0.0001, 0.0002, 0.0004, 0.0007, 0.0008):
    paths[learning_rate] = path_of(x_train, y_train, learning_rate, steps=20)

film = plots.ravine_rates(
    loss_at(x_train, y_train),
    paths,
    window=((-1, 5), (-1, 5)),
    minimum=(2, 3),
    title="20 steps on the training part",
    xlabel="w",
    ylabel="b",
)
choices = ["b gets there in time", "nothing changes", "w swings ever wider"]
plots.resolve(guess, "w swings ever wider", film, choices)

# %% [markdown]
# The loss is a ravine: steep across, in the direction of $w$, and almost flat along $b$. The steep
# direction forbids a higher learning rate. A low one hardly gets anywhere in the flat direction.
#
# Where does the ravine come from? Stand at the lowest point and nudge one number by 0.1.
#
# - Nudge $w$: each prediction changes by $0.1\, x$, so the MSE becomes $0.01$ times the mean of
#   $x^2$. Here $x$ goes from -68 to 48, that mean is 1260, and the MSE is 12.6.
# - Nudge $b$: each prediction changes by 0.1, and the MSE becomes 0.01.
#
# The loss is 1260 times as sensitive to $w$ as to $b$. And that's only because $x$ is large. A bias
# is a weight as well, a weight whose input is always 1.
#
# ## 2. Scaling: from ravine to bowl
#
# The cure is to bring all inputs to a similar size before training. <dfn>Min-max scaling</dfn>
# shifts and shrinks each column, so that its smallest value, lo, becomes 0 and its largest, hi,
# becomes 1:
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
# We do it in two functions, for a reason that section 4 will show. The first looks at the training
# part and returns `lo` and `hi`. The second uses them, on any data.
#
# ### Your turn: `min_max_fit`


# %% solution="linreg-min_max_fit"
def min_max_fit(X):
    """X (m, n): returns lo (n,) and hi (n,), each column's smallest and largest value."""
    ### BEGIN SOLUTION
    return X.min(axis=0), X.max(axis=0)
    ### END SOLUTION


# %% check="linreg.min_max_fit"

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

# %%
x_lo, x_hi = min_max_fit(x_train)
y_lo, y_hi = min_max_fit(y_train)
x_scaled = min_max_transform(x_train, x_lo, x_hi)
y_scaled = min_max_transform(y_train, y_lo, y_hi)
print("scaled x begins:", "  ".join(f"{value:.8f}" for value in x_scaled[:4, 0]))
print("scaled y begins:", "  ".join(f"{value:.8f}" for value in y_scaled[:4, 0]))
print(f"the mean of x squared is now {np.mean(x_scaled**2):.3f}")

# %% [markdown]
# A nudge of $w$ now counts a third as much as one of $b$. Before, it counted 1260 times as much. So
# the learning rate can be a thousand times higher.
#
# Look at the two printed lines as well. Scaled $y$ equals scaled $x$. Every rising straight line
# does that, whatever its slope. So in scaled numbers the model to be found is "$y = x$": $w = 1$
# and $b = 0$.

# %%
plots.descent(
    loss_at(x_scaled, y_scaled),
    path_of(x_scaled, y_scaled, 0.5, 20),
    window=((-0.5, 1.5), (-0.6, 0.8)),
    minimum=(1, 0),
    title="20 steps on the scaled training part",
    xlabel="w (scaled)",
    ylabel="b (scaled)",
)

# %% [markdown]
# A bowl again, if not a round one. Train for a hundred epochs, then undo the scaling. The model
# says $y_\mathrm{scaled} = w\, x_\mathrm{scaled} + b$, so
#
# $$y = y_\mathrm{lo} + y_\mathrm{range} \left( w\, \frac{x - x_\mathrm{lo}}{x_\mathrm{range}} + b
# \right)$$
#
# The slope is what multiplies $x$ there, and the bias is the rest. For the test part, scale $x$,
# predict, and undo the scaling of the predictions.

# %%
W, b, _ = fit(x_scaled, y_scaled, 0.5, 100)
x_range, y_range = (x_hi - x_lo).item(), (y_hi - y_lo).item()
w_back = W.item() * y_range / x_range
b_back = y_lo.item() + y_range * b.item() - w_back * x_lo.item()
print(f"after 100 epochs: w = {w_back:.4f}, b = {b_back:.4f}")

x_test_scaled = min_max_transform(x_test, x_lo, x_hi)
P_test = y_lo + y_range * predict(x_test_scaled, W, b)
print(f"scaled x of the test part: from {x_test_scaled.min():.3f} to {x_test_scaled.max():.3f}")
print(f"MSE on the test part: {mse(P_test, y_test):.4f}")

# %% [markdown]
# The test part was scaled with the `lo` and `hi` of the training part. So its scaled $x$ is
# negative. It should be: that is how far outside the model has to reach. An MSE of 0.0118 says that
# it reaches well.
#
# ## 3. The absolute error
#
# For what comes next we want an error that is easy to read. The
# <dfn>mean absolute error</dfn> (MAE) is the mean of the sizes of all errors, without their signs:
#
# $$\mathrm{MAE} = \frac{1}{m\, n_\mathrm{out}} \sum |P - Y|$$
#
# **Worked example.** Predictions 5, 1 and 4, targets 3, 2 and 4. The errors are 2, -1 and 0. The
# MAE is $(2 + 1 + 0)/3 = 1$: the predictions are off by 1 on average. (The MSE is
# $(4 + 1 + 0)/3 = 5/3$.)
#
# ### Your turn: `mae`


# %% solution="linreg-mae"
def mae(Y_pred, Y):
    """Y_pred and Y (m, n_out): returns the mean of the absolute errors, one number."""
    ### BEGIN SOLUTION
    return np.mean(np.abs(Y_pred - Y))
    ### END SOLUTION


# %% check="linreg.mae"

# %% [markdown]
# You can also train with it. **Decide, then run.** The curve of the absolute value is a V. What is
# its slope at an error of -3, of -1, of 1 and of 3? Write four numbers.

# %% solution="guess-slopes"
# guess: a list of four numbers
### BEGIN SOLUTION
guess = [-1, -1, 1, 1]
### END SOLUTION

# %%
slopes = plots.function(
    np.linspace(-3, 3, 121),
    {"slope of the square": lambda e: 2 * e, "slope of the absolute value": np.sign},
    title="What one error says to its prediction",
    xlabel="error (prediction minus target)",
    ylabel="slope of the loss",
    jump=0,
)
plots.resolve(guess, np.sign([-3, -1, 1, 3]), slopes)

# %% [markdown]
# The square pulls harder the further off a prediction is. The absolute value always pulls with the
# same strength: it only asks "too high or too low?". At 0, the corner of the V, we agree on 0.
#
# **Worked example.** The three predictions again. The prediction 5 is too high: its share of the
# gradient of the MAE is $1/3$. The prediction 1 is too low: $-1/3$. The third is exactly right: 0.
#
# ### Your turn: `mae_gradient`


# %% solution="linreg-mae_gradient"
def mae_gradient(Y_pred, Y):
    """Y_pred and Y (m, n_out): returns the MAE's gradient, a table like Y_pred; 0 where equal."""
    ### BEGIN SOLUTION
    return np.sign(Y_pred - Y) / Y.size
    ### END SOLUTION


# %% check="linreg.mae_gradient"

# %% [markdown]
# Signs leave a trace. Somebody trained a Keras model on our data with the MAE, 32 samples in the
# first step and the learning rate 0.01. The bias of its last layer began at 0. After that step it
# was printed as -0.000625.
#
# **Decide, then run.** A bias's gradient is the sum of $dP$: here, the mean of 32 signs. The step
# is *minus* 0.01 times that. How many of the 32 predictions were too high?

# %% solution="guess-signs"
# guess: a whole number
### BEGIN SOLUTION
guess = 17
### END SOLUTION

# %%
sum_of_signs = 0.000625 / 0.01 * 32
too_high = (32 + sum_of_signs) / 2
plots.resolve(guess, too_high)

# %% [markdown]
# The step is minus 0.01 times 0.0625. So the mean sign is 0.0625, and the 32 signs add up to 2. Two
# more predictions were too high than too low: 17 and 15.
#
# ## 4. Find the bug: a leak
#
# **This cell is wrong on purpose.** It comes from a real notebook. It scales the training part and
# the test part, and both come out between 0 and 1. The model is "$y = x$", as found above.


# %%
def planted_scaler(train, test):
    train_scaled = (train - train.min()) / (train.max() - train.min())
    test_scaled = (test - test.min()) / (test.max() - test.min())
    return train_scaled, test_scaled


_, x_planted = planted_scaler(x_train, x_test)
_, y_planted = planted_scaler(y_train, y_test)
print(f"MAE of 'y = x' on the planted test part: {mae(x_planted, y_planted):.6f}")

# %% [markdown]
# Perfect? Make it contradict itself. Suppose the truth were different for small $x$: in the test
# part $y = 0.5 x - 100$, another line, which no training sample hints at. The model "$y = x$" has
# never seen it, and should be badly wrong there.
#
# Measure it twice, in scaled numbers, with your `mae`. The prediction is `x_test`, scaled. The
# target is `y_false`, scaled.
#
# - `leaky_mae`: test part scaled by `planted_scaler`;
# - `honest_mae`: test part scaled by your two functions, with the training part's `lo` and `hi`.

# %%
y_false = 0.5 * x_test - 100
print(f"y_false goes from {y_false.min():.0f} to {y_false.max():.0f}")

# %% solution="linreg-leak"
# leaky_mae and honest_mae: two numbers, computed from x_train, y_train, x_test and y_false
### BEGIN SOLUTION
_, x_leaky = planted_scaler(x_train, x_test)
_, y_leaky = planted_scaler(y_train, y_false)
leaky_mae = mae(x_leaky, y_leaky)

x_honest = min_max_transform(x_test, *min_max_fit(x_train))
y_honest = min_max_transform(y_false, *min_max_fit(y_train))
honest_mae = mae(x_honest, y_honest)
### END SOLUTION

# %% check="linreg.leak"

# %% [markdown]
# What is that in the unit of $y$? Undo the scaling: multiply by the range of the training part,
# 232.

# %%
print(f"leaky: off by {leaky_mae * y_range:.1f} on average; honest: by {honest_mae * y_range:.1f}")

# %% [markdown]
# A <dfn>leak</dfn> is knowledge of the test part that gets into the model or its data, so that the
# test looks better than it is. This scaler looked at the test part, targets and all. Whatever
# rising line the truth is, the scaler turns it into "$y = x$".
#
# The rule is short: *fit on the training part, transform both*. Test values may then land below 0
# or above 1, and you leave them there.
#
# ## 5. The lowest point, without walking
#
# For a linear model you can compute the lowest point at once, by a formula. That is called the
# *closed form*. A bias is a weight whose input is always 1. So put a column of ones beside $X$,
# call that wider table $\tilde X$ (read "X tilde"), and put $b$ below $W$ in one table $S$:
#
# $$P = X W + b = \tilde X S \qquad \tilde X = \begin{pmatrix} X & 1 \end{pmatrix} \qquad
# S = \begin{pmatrix} W \\ b \end{pmatrix}$$
#
# At the lowest point the gradient is 0. As in lesson 09, the gradient of the MSE is
# $\tilde X^\top dP$, with $dP = 2(\tilde X S - Y)/(m\, n_\mathrm{out})$. (Its last row is $db$: the
# ones just add up $dP$.) The factor in front of $\tilde X S - Y$ is not 0, so
#
# $$\tilde X^\top (\tilde X S - Y) = 0 \quad \text{or} \quad
# \tilde X^\top \tilde X\, S = \tilde X^\top Y$$
#
# These are the <dfn>normal equations</dfn>: linear equations, whose solution $S$ has the smallest
# MSE.
#
# **Worked example.** For $x = 0, 1, 2, 3$ and $y = 3, 5, 7, 9$:
#
# $$\tilde X^\top \tilde X = \begin{pmatrix} 0 + 1 + 4 + 9 & 0 + 1 + 2 + 3 \\ 0 + 1 + 2 + 3 & 4
# \end{pmatrix} = \begin{pmatrix} 14 & 6 \\ 6 & 4 \end{pmatrix}$$
#
# $$\tilde X^\top Y = \begin{pmatrix} 0 + 5 + 14 + 27 \\ 3 + 5 + 7 + 9 \end{pmatrix}
# = \begin{pmatrix} 46 \\ 24 \end{pmatrix}$$
#
# So $14 w + 6 b = 46$ and $6 w + 4 b = 24$. Does $w = 2$, $b = 3$ solve both? $28 + 18 = 46$ and
# $12 + 12 = 24$: it does.
#
# In code there is a function that finds the same $S$: `np.linalg.lstsq(A, B)` returns several
# things, and the first is the table $S$ that makes the squared errors of $A S - B$ smallest. It
# doesn't form the normal equations. It takes another way to the same place, one that loses fewer
# digits.

# %%
x_small = np.array([[0.0], [1.0], [2.0], [3.0]])
y_small = 2 * x_small + 3
slope = np.linalg.lstsq(x_small, y_small)[0]
print(f"without a bias: the best line through the origin has the slope {slope.item():.4f}")

# %% [markdown]
# ### Your turn: `closed_form`
#
# Now with the bias. `np.hstack([A, B])` puts two tables side by side, and `np.ones((m, 1))` is a
# column of ones.


# %% solution="linreg-closed_form"
def closed_form(X, Y):
    """X (m, n_in), Y (m, n_out): returns the W (n_in, n_out) and b (n_out,) of the lowest MSE."""
    ### BEGIN SOLUTION
    X_ones = np.hstack([X, np.ones((len(X), 1))])
    S = np.linalg.lstsq(X_ones, Y)[0]
    return S[:-1], S[-1]
    ### END SOLUTION


# %% check="linreg.closed_form"

# %%
W, b = closed_form(x_train, y_train)
print(f"closed form, unscaled: w = {W.item():.4f}, b = {b.item():.4f}")
print(f"100 epochs, scaled:    w = {w_back:.4f}, b = {b_back:.4f}")
W, b, _ = fit(x_train, y_train, 0.0004, 100)
print(f"100 epochs, unscaled:  w = {W.item():.4f}, b = {b.item():.4f}")

# %% [markdown]
# Then why descend at all? Because the shortcut works for linear models only. With the first ReLU it
# is gone, and descent still works.
#
# ### In your own words
#
# A friend reports: "I scaled the whole table to the range 0 to 1, then I cut off the last fifth for
# testing. A colleague said I should take `lo` and `hi` from the training part. But then some test
# values come out at -0.3 and 1.2, so I clip them to 0 and 1." Explain in three to five sentences
# what is wrong with the first plan and with the clipping, and what you'd do.
#
# Write yours first: the fold below has a model answer and says what earns the two points.

# %% [markdown] written="linreg-explain" points=2
# <!-- BEGIN SOLUTION -->
# In the first plan the smallest and largest values come from all the data, so the scaling has seen
# the test part. That is a leak: the test is no longer a test on unknown data, and its result may
# look better than it should. Split first, take lo and hi from the training part, and use them for
# both parts. Then a test value of -0.3 is right: it lies outside what the model has seen, and says
# how far. Clipping makes it look like a value at the edge, so the model is asked about another
# sample than the real one, and its error is hidden or changed. Leave such values as they are.
# <!-- END SOLUTION -->

# %% [markdown] rubric="linreg-explain"
# - 1 point: lo and hi of the whole table are a leak; split first, then fit the scaling on the
#   training part and transform both.
# - 1 point: values outside 0 to 1 are right and stay; clipping changes the sample and hides how far
#   outside it is.

# %% [markdown]
# ### If you want more
#
# There is another common scaling: subtract each column's mean, then divide by the square root of
# the mean of the squares that are left. Scale `x_train` that way, leave `y_train` as it is, and
# `fit` with the learning rate 0.5. How many epochs does it take? Try 1 first, and look at $w$
# times $x$ plus $b$ against $y$. Can you say why?
#
# ## Recap
#
# - A large input makes the loss sensitive to its weight. The steepest direction limits the learning
#   rate, and the flattest one then takes for ever.
# - Scaling gives all inputs a similar size: the ravine becomes a bowl.
# - The absolute error sends back signs, the squared error sends back sizes.
# - Fit the scaling on the training part, transform both. Anything else is a leak.
# - A linear model has its lowest point where the normal equations say.
#
# ### The formulas on one card
#
# | what | formula | shape |
# |---|---|---|
# | scaling with the training part | $(x - \mathrm{lo}) / (\mathrm{hi} - \mathrm{lo})$ | like $x$ |
# | mean absolute error | $\frac{1}{m\, n_\mathrm{out}} \sum \lvert P - Y \rvert$ | a number |
# | its gradient | $dP = \mathrm{sign}(P - Y) / (m\, n_\mathrm{out})$ | $(m, n_\mathrm{out})$ |
# | normal equations | $\tilde X^\top \tilde X S = \tilde X^\top Y$ | $S$: $W$ above $b$ |
#
# ### What comes next
#
# In lesson 11 you put three layers in a row and send the gradients back through all of them. Then
# you find out which updates of a real program are wrong. The extra x2 shows exactly how high a
# learning rate may go.
