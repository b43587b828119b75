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
# # XOR: what one layer cannot do
#
# **After this lesson you will be able to**
#
# - show why no straight line can do XOR, and how a hidden layer can;
# - write a network of two sigmoid layers, its loss and its gradients;
# - train it by gradient descent, from the first line to the last;
# - find a bug that the loss does not show;
# - say why a network must not start with equal weights, and what biases are good for.
#
# **Time**: about 125 minutes for 3,600 words to read and 14 exercises; a good place for a break is
# after section 4. **Builds on**: the layer of lesson 01, the backward pass of lesson 02, the
# gradient check of lesson 03.

# %%
import numpy as np

from lessonlib import check, plots
from lessonlib.nn import numeric_gradient, relative_error
from lessonlib.nn.network import Network

# %% [markdown]
# ## Two questions from earlier lessons
#
# Answer from memory first. Looking things up is fine, but trying to remember is what makes them
# stay.
#
# ### A look back: `dz`
#
# A single ReLU unit has seen three samples. Behind it, the loss reports how much it would grow with
# each activation:
#
# $$z = (-2, \; 0, \; 3) \qquad da = (5, \; 5, \; 5)$$
#
# What are the three numbers of $dz$? Set `dz` to a list of three numbers.

# %% solution="xor-recall_1"
### BEGIN SOLUTION
dz = [0, 0, 5]
### END SOLUTION

# %% check="xor.recall_1"
check("xor.recall_1", dz=dz)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Forward, a is relu(z). Backward, we know how much the loss changes with a, and want to know how
#    much it changes with z. The chain rule puts the slope of the ReLU between the two.
# 2. So each number of dz is the number of da above it, times the slope of the ReLU at the z above
#    it. The slope has only two values. Draw the curve from lesson 01 and read it off three times.
# 3. At -2 the curve is flat. At 3 it rises, one up for one across. At 0 there is a corner, and
#    lesson 01 made an agreement about it. Multiply each slope by 5.
#
# </details>

# %% [markdown]
# ### A look back: `verdict`
#
# Somebody checks four gradients against central differences with $h = 10^{-5}$. No unit is near a
# kink. The relative errors are
#
# | dW1 | db1 | dW2 | db2 |
# |---|---|---|---|
# | 2e-9 | 3e-9 | 4e-3 | 2e-9 |
#
# What do you conclude? Set `verdict` to one of the letters, in quotes.
#
# - (a) All is well: every error is below one per cent.
# - (b) dW2 is wrong, and the other three are right.
# - (c) The step is at fault: it should be $10^{-12}$.
# - (d) All four are wrong, because the gradient of the lower layer comes through the upper one.

# %% solution="xor-recall_2"
### BEGIN SOLUTION
verdict = "b"
### END SOLUTION

# %% check="xor.recall_2"
check("xor.recall_2", verdict=verdict)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Look at the four numbers as lesson 03 did: where the formula is right, how small does the
#    relative error become with central differences and h = 1e-5? And what is left when a gradient
#    is off by a little?
# 2. The line that lesson 03 drew lies at 1e-6. Put each of the four numbers on one side of it. Then
#    ask what a single bad number, among good ones, tells you about the place of the bug.
# 3. The question says that no unit is near a kink, so the difference itself can be trusted. What
#    remains is a formula. Which gradient does nothing else depend on? Read the four options again
#    with that in mind.
#
# </details>

# %% [markdown]
# ## 1. Four points and no line
#
# <dfn>XOR</dfn>, the *exclusive or*, asks whether exactly one of two things is true. It is the
# smallest problem that one layer cannot solve. Here it is, with the samples in columns: two inputs,
# four samples.

# %%
x = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
y = np.array([[0, 1, 1, 0]])

print("x1:", *x[0])
print("x2:", *x[1])
print("y: ", *y[0])
print(f"x has shape {x.shape}, y has shape {y.shape}")

# %% [markdown]
# First a problem that a straight line *can* solve. AND asks whether both inputs are 1. The picture
# shows the plane of the two inputs, like a map. Its colour is the height
# $h = 0.5\, x_1 + 0.5\, x_2 - 0.25$. With one input that would be a line; with two it is a flat,
# sloping board, and people still call it a line. Where $h$ is above 0.5 we say 1. The black line is
# where $h$ is exactly 0.5.

# %%
y_and = np.array([[0, 0, 0, 1]])
plots.decision_boundary(
    lambda points: 0.5 * points[0] + 0.5 * points[1] - 0.25,
    x,
    y_and,
    samples="columns",
    title="AND: one straight line does it",
)

# %% [markdown]
# **Decide, then go on.** For XOR the squares stand at (0, 1) and (1, 0), the circles at (0, 0) and
# (1, 1). Take a pencil: can you lay a straight line with both squares on one side and both circles
# on the other?
#
# ### How to find the best line
#
# In lesson 02 a loss told how bad an answer was. Another loss, and a much older one, is the sum of
# the squared errors. The <dfn>least-squares line</dfn> is the one for which the squared errors add
# up to the least. NumPy finds it in one call.
#
# **Worked example.** One input, three samples: $x = 0, 1, 2$ and $y = 1, 2, 4$. We look for a
# weight $w$ and a bias $b$. A trick makes one kind of number out of the two: the bias is a weight
# as well, on an input that is always 1. So each sample becomes a row with its input and a 1.
# (`np.linalg.lstsq` returns several things; `[0]` takes the first, the weights.)

# %%
x_line = np.array([[0.0, 1.0, 2.0]])
y_line = np.array([[1.0, 2.0, 4.0]])

table = np.column_stack([x_line.T, np.ones(3)])  # (3, 2): one row for each sample
weights = np.linalg.lstsq(table, y_line.T)[0]  # (2, 1): w, then b
print(f"w = {weights[0, 0]:.3f}, b = {weights[1, 0]:.3f}")

heights = table @ weights  # (3, 1)
for i in range(3):
    print(f"x = {x_line[0, i]:.0f}: y = {y_line[0, i]:.0f}, the line is at {heights[i, 0]:.3f}")

# %% [markdown]
# **Now with gaps.** For the four samples of XOR, with their two inputs, the table would have shape
# $(\ldots, \ldots)$. Its second row would be $(0, \ldots, \ldots)$, and `weights` would have shape
# $(\ldots, 1)$.
#
# <details><summary>Compare</summary>
#
# Four rows, one for each sample, and three columns, two inputs and a one: (4, 3). The second sample
# is (0, 1), so its row is (0, 1, 1). There are three weights: (3, 1).
#
# </details>
#
# ### Your turn: `linear_fit`
#
# Fit the line, and return what it predicts for each sample. It should work for any number of inputs
# and samples. The predictions come back as a row, like $y$.


# %% solution="xor-linear_fit"
def linear_fit(x, y):
    """x (n_x, m), y (1, m): what the least-squares line, bias included, predicts; (1, m)."""
    ### BEGIN SOLUTION
    table = np.column_stack([x.T, np.ones(x.shape[1])])
    weights = np.linalg.lstsq(table, y.T)[0]
    return (table @ weights).T
    ### END SOLUTION


# %% check="xor.linear_fit"
check("xor.linear_fit", linear_fit)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. The worked example has one input. Here there may be several, one in each row of x. Nothing else
#    changes: one weight for each input, one for the ones.
# 2. Turn x round first, so that each sample is a row, and put a column of ones beside it:
#    np.column_stack does that. y has to be turned round as well. Write the shapes down:
#    `(m, n_x + 1)` for the table, (m, 1) for y.
# 3. np.linalg.lstsq gives several things; the weights are the first, with shape (n_x + 1, 1). The
#    table times the weights gives the predictions as a column (m, 1). The contract wants them as a
#    row.
#
# </details>

# %% [markdown]
# **Decide, then run.** What will the best line say to the four samples of XOR?

# %%
for sample, height in enumerate(linear_fit(x, y)[0]):
    print(f"x = ({x[0, sample]}, {x[1, sample]})  y = {y[0, sample]}  best line: {height:.3f}")

# %% [markdown]
# One half, four times: the best line knows nothing. That is no accident of least squares. Let $h$
# be the height of *any* line over the plane. Both diagonals of the square have the same middle, so
#
# $$h(0,0) + h(1,1) \;=\; h(0,1) + h(1,0),$$
#
# for either side is twice the height in the middle. XOR wants both numbers on the left below 0.5,
# so their sum below 1, and both on the right above 0.5, so their sum above 1. No line can do that.
#
# A second layer does not help by itself: a line of lines is a line,
# $W_2 (W_1 x + b_1) + b_2 = (W_2 W_1) x + (W_2 b_1 + b_2)$. Between the two layers there has to be
# a bend.
#
# ## 2. Two hinges, by hand
#
# A layer between the inputs and the output is called a <dfn>hidden layer</dfn>. Give it two ReLU
# units. The output adds them up, each with its weight, and has no bend of its own:
#
# $$a_1 = \mathrm{relu}(W_1 x + b_1), \qquad \mathrm{output} = W_2\, a_1 + b_2$$
#
# **Worked example.** A unit with the weights 1 and 1 and the bias -1 computes
# $\mathrm{relu}(x_1 + x_2 - 1)$. We write 01 for the sample with $x_1 = 0$ and $x_2 = 1$:
#
# | sample | 00 | 01 | 10 | 11 |
# |---|---|---|---|---|
# | $x_1 + x_2 - 1$ | -1 | 0 | 0 | 1 |
# | behind the ReLU | 0 | 0 | 0 | 1 |
#
# That single unit is AND.
#
# **Now with gaps.** What does a unit with the weights 1 and -1 and the bias 0 do?
#
# | sample | 00 | 01 | 10 | 11 |
# |---|---|---|---|---|
# | $x_1 - x_2$ | 0 | ... | ... | 0 |
# | behind the ReLU | 0 | ... | ... | ... |
#
# <details><summary>Compare</summary>
#
# The sums are 0, -1, 1, 0, and behind the ReLU 0, 0, 1, 0: it fires for "the first, and not the
# second".
#
# </details>
#
# ### Your turn: `W1`, `b1`, `W2`, `b2`
#
# Choose the weights and biases so that the output is exactly 0, 1, 1, 0. There is more than one
# way. Mind the shapes: `W1` (2, 2) with a row for each hidden unit, `b1` (2, 1), `W2` (1, 2), `b2`
# (1, 1).

# %% solution="xor-relu_weights"
# W1, b1: the two hidden ReLU units; W2, b2: the output, a weighted sum of the two
### BEGIN SOLUTION
W1 = np.array([[1, 1], [1, 1]])
b1 = np.array([[0], [-1]])
W2 = np.array([[1, -2]])
b2 = np.array([[0]])
### END SOLUTION

# %% check="xor.relu_weights"
check("xor.relu_weights", W1=W1, b1=b1, W2=W2, b2=b2)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Both inputs count alike in XOR, so only their sum matters: it is 0, 1, 1 or 2. On a line of
#    sums you need a curve that is 0 at 0, 1 at 1 and 0 again at 2. You have built such a tent in
#    lesson 01.
# 2. Let both units see the sum: weights 1 and 1. The first opens at sum 0 and gives 0, 1, 1, 2.
#    Only its last answer is wrong. The second should be silent until the sum is 1: that decides its
#    bias, and it then gives 0, 0, 0, 1.
# 3. Now the output adds the two, each with its weight in W2. The first keeps weight 1. For the
#    input 11 it brings 2, the second brings 1, and the result should be 0: how often must you take
#    the second one away? b2 can stay 0.
#
# </details>

# %%
output = W2 @ np.maximum(0, W1 @ x + b1) + b2
print("output of your net:", ", ".join(f"{value:.0f}" for value in output[0]))

plots.decision_boundary(
    lambda points: W2 @ np.maximum(0, W1 @ points + b1) + b2,
    x,
    y,
    samples="columns",
    title="XOR, by two hinges that you chose",
)

# %% [markdown]
# Now look at the same four samples from the output's place. It does not see $x$, it sees the two
# activations. In the plane of the activations its work is an ordinary straight line.
#
# **Decide, then run.** Samples with the same two activations fall on one mark. How many marks will
# you see, and which samples will share one? Work it out with your own weights.

# %%
activations = np.maximum(0, W1 @ x + b1)
plots.decision_boundary(
    lambda points: W2 @ points + b2,
    activations,
    y,
    samples="columns",
    title="The same samples, as the output sees them",
    xlabel="activation of unit 0",
    ylabel="activation of unit 1",
)

# %% [markdown]
# The hidden layer has folded the plane so that a straight line is enough; most choices of weights
# lay two samples of one class on each other. That is what hidden layers are for. You have chosen
# the fold yourself; from here on the network will have to find one.
#
# ## 3. A step with a slope: the sigmoid
#
# To answer yes or no, a unit should say 1 or 0. A hard step from 0 to 1 is flat nearly everywhere,
# and where the slope is 0 nothing can be learned. The <dfn>sigmoid</dfn> is a step from 0 to 1 with
# its corners rounded off. Its formula:
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}}$$
#
# Its value lies between 0 and 1, and we read it as a probability: how sure the unit is that the
# answer is 1.
#
# **Decide, then run.** At $z = 0$ the exponential is 1: what is the sigmoid? At $z = 2$ it is
# 0.881. What would you expect at $z = -2$? And far out, at 20?

# %%
for z in (0.0, 2.0, -2.0, 20.0):
    print(f"sigmoid({z:5.1f}) = {1 / (1 + np.exp(-z)):.9f}")

# %% [markdown]
# ### Your turn: `sigmoid`
#
# For an array `z` of any shape. Far out there is a trap: `np.exp(1000)` is more than a float can
# hold. NumPy says `inf` and warns. Your function should be right at -1000 and at 1000 too, and best
# of all silent.


# %% solution="xor-sigmoid"
def sigmoid(z):
    """1 / (1 + exp(-z)), entry by entry; the result has the shape of z."""
    ### BEGIN SOLUTION
    e = np.exp(-np.abs(z))  # between 0 and 1, whatever z is
    return np.where(z >= 0, 1.0, e) / (1 + e)
    ### END SOLUTION


# %% check="xor.sigmoid"
check("xor.sigmoid", sigmoid)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Write the formula down as it stands: one over one plus the exponential of minus z. np.exp takes
#    a whole array, so you need no loop. Put parentheses round all that stands below the line.
# 2. Then think of z = -1000. exp(1000) has 435 digits, more than a float can hold: NumPy says inf
#    and warns. The warning costs no points, but a cure is near: let exp see only numbers that are
#    not above 0.
# 3. One way: e = exp of minus the absolute value of z is always between 0 and 1. For z >= 0 the
#    sigmoid is 1 / (1 + e); for z < 0, multiply above and below the line by e. np.where chooses
#    entry by entry.
#
# </details>

# %% [markdown]
# ### How steep is it?
#
# On the way back we shall need the slope. We could compute it from $z$. But forward has computed
# $a = \sigma(z)$ already, and the slope can be had from $a$ alone, without another exponential.
#
# **Find the rule.** The table shows, for five $z$, the value $a$ and the slope, measured with
# central differences as in lesson 03. Look at the last row: $a$ is 0.5 and the slope 0.25. Which
# formula in $a$ fits all five rows? Hint: how far is $a$ from 1?

# %%
print("    z        a    slope")
for z in (-4.0, -2.0, 2.0, 4.0, 0.0):
    slope = (sigmoid(np.array(z + 1e-5)) - sigmoid(np.array(z - 1e-5))) / 2e-5
    print(f"{z:5.1f}  {sigmoid(np.array(z)):7.4f}  {slope:7.4f}")

# %% [markdown]
# ### Your turn: `sigmoid_derivative`
#
# The argument is the activation `a`, not `z`.


# %% solution="xor-sigmoid_derivative"
def sigmoid_derivative(a):
    """The slope of the sigmoid where its value is a, entry by entry; the shape of a."""
    ### BEGIN SOLUTION
    return a * (1 - a)
    ### END SOLUTION


# %% check="xor.sigmoid_derivative"
check("xor.sigmoid_derivative", sigmoid_derivative)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Differentiate 1 / (1 + exp(-z)) once with the chain rule, and you get exp(-z) divided by the
#    square of 1 + exp(-z). That does not look friendly. Now split it into two fractions.
# 2. One of the two fractions is 1 / (1 + exp(-z)): that is a. The other one is exp(-z) / (1 +
#    exp(-z)). Add the two fractions: what is their sum? So the other one can be written with a as
#    well.
# 3. The slope is a product: a, times how far a is from 1. Test it: for a = 0.5 it is 0.25, and at
#    both ends, a = 0 and a = 1, it is 0. z is not needed at all.
#
# </details>

# %%
plots.function(
    np.linspace(-6, 6, 121),
    {"sigmoid": sigmoid, "its slope": lambda z: sigmoid_derivative(sigmoid(z))},
    title="The sigmoid: steepest in the middle, flat far out",
    xlabel="z",
    ylabel="value",
)

# %% [markdown]
# ## 4. Forward, and how bad it was
#
# The network of this lesson: two inputs, a hidden layer of sigmoid units, one sigmoid at the
# output, and **no biases**. We leave them out on purpose; section 8 shows what they would have
# brought.
#
# $$z_1 = w_1 x, \qquad a_1 = \sigma(z_1), \qquad z_2 = w_2 a_1, \qquad a_2 = \sigma(z_2)$$
#
# **Worked example**, with two hidden units and the sample $x = (0, 1)$:

# %%
w1_small = np.array([[1.0, -1.0], [2.0, 1.0]])
w2_small = np.array([[1.0, -2.0]])
x_small = np.array([[0.0], [1.0]])

plots.network(
    [w1_small, w2_small],
    values=[x_small, [0.269, 0.731], [0.233]],
    z=[[-1, 1], [-1.193]],
    names=["input x", "hidden: sigmoid", "output: sigmoid"],
    title="The sample (0, 1) on its way forward",
)

# %% [markdown]
# $$z_1 = \begin{pmatrix} 1 \cdot 0 - 1 \cdot 1 \\ 2 \cdot 0 + 1 \cdot 1 \end{pmatrix}
# = \begin{pmatrix} -1 \\ 1 \end{pmatrix}, \qquad
# a_1 = \sigma(z_1) = \begin{pmatrix} 0.269 \\ 0.731 \end{pmatrix}$$
#
# $$z_2 = 1 \cdot 0.269 - 2 \cdot 0.731 = -1.193, \qquad a_2 = \sigma(z_2) = 0.233$$
#
# **Now with gaps.** The same net, the sample $(0, 0)$:
#
# $$z_1 = \begin{pmatrix} \ldots \\ \ldots \end{pmatrix}, \quad
# a_1 = \begin{pmatrix} \ldots \\ \ldots \end{pmatrix}, \quad
# z_2 = \ldots, \quad a_2 = 0.378$$
#
# <details><summary>Compare</summary>
#
# Both sums are 0, so both hidden units give 0.5, and the output's sum is 0.5 - 1 = -0.5. Note that
# the weights in w1 had no say: without biases, the sample (0, 0) always gives 0.5 in every hidden
# unit.
#
# </details>
#
# ### Your turn: `forward`
#
# For any sizes, with the samples in columns. Return all four arrays: the way back needs them.


# %% solution="xor-forward"
def forward(w1, w2, x):
    """w1 (n_h, n_x), w2 (n_y, n_h), x (n_x, m): z1 and a1 (n_h, m), z2 and a2 (n_y, m)."""
    ### BEGIN SOLUTION
    z1 = w1 @ x
    a1 = sigmoid(z1)
    z2 = w2 @ a1
    a2 = sigmoid(z2)
    return z1, a1, z2, a2
    ### END SOLUTION


# %% check="xor.forward"
check("xor.forward", forward)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. It is the layer of lesson 01 twice, with two differences: the bend is a sigmoid, and there are
#    no biases. The second layer sees what leaves the first one.
# 2. Write the shapes under the letters. w1 is (n_h, n_x) and x is (n_x, m), so z1 is (n_h, m), and
#    a1 has the same shape. w2 is (n_y, n_h): it meets a1, and z2 is (n_y, m).
# 3. Four lines, one for each of z1, a1, z2 and a2, in this order: a matrix product, your sigmoid, a
#    matrix product, your sigmoid. Return all four, since going back needs them.
#
# </details>

# %% [markdown]
# ### The loss
#
# The output says: "with probability $a_2$ the answer is 1". In lesson 02 the cross-entropy charged
# minus the logarithm of the probability that was given to the right answer. Here the right answer
# has probability $a_2$ if $y = 1$, and $1 - a_2$ if $y = 0$. As $y$ is 1 or 0, one line can say
# both, and the loss is the mean over the $m$ samples:
#
# $$L = -\frac{1}{m} \sum_\mathrm{samples} \big( y \log a_2 + (1 - y) \log(1 - a_2) \big)$$
#
# The <dfn>binary cross-entropy</dfn> charges $-\log p$ for each sample, where $p$ is the
# probability that was given to the right one of two answers, and takes the mean.
#
# **Worked example.** The output says 0.8. If $y = 1$, the first half counts: $-\log 0.8 = 0.223$.
# If $y = 0$, the second does: $-\log 0.2 = 1.609$. To be sure and wrong is expensive.
#
# **Decide, then run.** Which of these four answers costs most, and which least? The last one says
# nothing at all.

# %%
for a, target in ((0.8, 1), (0.8, 0), (0.99, 0), (0.5, 1)):
    cost = -np.log(a) if target == 1 else -np.log(1 - a)
    print(f"a2 = {a:.2f}, y = {target}: cost {cost:.3f}")

# %% [markdown]
# ### Your turn: `bce`
#
# There is one output, so `a2` and `y` are rows, (1, m). Return one number. Where `a2` is exactly 0
# or 1 the result should still be finite, for a sigmoid far out does round to 1.


# %% solution="xor-bce"
def bce(a2, y):
    """a2, y (1, m): the mean binary cross-entropy, a float, finite where a2 is 0 or 1."""
    ### BEGIN SOLUTION
    a2 = np.clip(a2, 1e-15, 1 - 1e-15)
    costs = -(y * np.log(a2) + (1 - y) * np.log(1 - a2))
    return float(np.sum(costs) / y.shape[1])
    ### END SOLUTION


# %% check="xor.bce"
check("xor.bce", bce)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Take one sample. If y is 1, the cost is -log(a2); if y is 0, it is -log(1 - a2). The formula
#    writes both in one line, because y and 1 - y switch one of them off.
# 2. Do that for the whole row at once: two products, entry by entry, added. Then one minus, one
#    sum, and one division by m, the number of samples. m is the second size of y.
# 3. Last the guard: log(0) is minus infinity. np.maximum or np.clip keeps a number away from 0
#    before the logarithm sees it; 1e-15 is small enough not to be noticed elsewhere. Guard both
#    logarithms.
#
# </details>

# %% [markdown]
# The best line of section 1 said 0.5 to everything. What is that worth? Keep this number in mind: a
# network that stays there has learned nothing.

# %%
print(f"loss of the answer 0.5, 0.5, 0.5, 0.5: {bce(np.full((1, 4), 0.5), y):.4f}")

# %% [markdown]
# ## 5. The way back
#
# Going back starts at the output. There two slopes meet, the one of the loss and the one of the
# sigmoid, and something nice happens. The slope of $\log a$ is $1/a$, and that of $\log(1 - a)$ is
# $-1/(1 - a)$. So, for one sample:
#
# $$\underbrace{\left( -\frac{y}{a_2} + \frac{1 - y}{1 - a_2} \right)}_{\text{slope of the loss}}
# \cdot \underbrace{a_2 (1 - a_2)}_{\text{slope of the sigmoid}}
# \;=\; -y\,(1 - a_2) + (1 - y)\, a_2 \;=\; a_2 - y$$
#
# The fractions cancel. What is left is the error itself. You have met this in lesson 02, where
# softmax and cross-entropy did the same.
#
# **Worked example.** The sample $(0, 1)$ of section 4, with the target $y = 1$. Read it from top to
# bottom; the hidden slope is $0.269 \cdot 0.731 = 0.197$ for both units.
#
# | step | result |
# |---|---|
# | at the output | $dz_2 = 0.233 - 1 = -0.767$ |
# | weights of the output | $dw_2 = dz_2 \cdot a_1 = (-0.206, \; -0.561)$ |
# | back through $w_2 = (1, -2)$ | $da_1 = -0.767 \cdot (1, \; -2) = (-0.767, \; 1.534)$ |
# | back through the sigmoids | $dz_1 = da_1 \cdot 0.197 = (-0.151, \; 0.302)$ |
# | weights of unit 0 | $-0.151 \cdot (0, 1) = (0, \; -0.151)$ |
# | weights of unit 1 | $0.302 \cdot (0, 1) = (0, \; 0.302)$ |
#
# **Now with gaps.** The sample $(0, 0)$ with $y = 0$, where $a_1 = (0.5, 0.5)$ and $a_2 = 0.378$:
#
# | step | result |
# |---|---|
# | at the output | $dz_2 = \ldots$ |
# | weights of the output | $dw_2 = (\ldots, \ldots)$ |
# | back to the hidden sums | $dz_1 = (0.0945, \; \ldots)$ |
# | weights of both units | $dw_1 = \ldots$ |
#
# <details><summary>Compare</summary>
#
# The error is 0.378, and dw2 is (0.189, 0.189). The second unit has the weight -2 on the way back:
# its entry is -0.189. And dw1 is 0 throughout, for both inputs are 0: this sample teaches the first
# layer nothing.
#
# </details>
#
# ### Your turn: `backward`
#
# All samples at once. The loss is a mean, so each gradient is a mean over the $m$ samples too;
# divide by $m$ once. If there are several outputs, each has its own loss, and they are added.


# %% solution="xor-backward"
def backward(w1, w2, x, y, a1, a2):
    """The gradients of the mean loss: dw1 with the shape of w1, dw2 with the shape of w2."""
    ### BEGIN SOLUTION
    m = x.shape[1]
    dz2 = (a2 - y) / m
    dw2 = dz2 @ a1.T
    dz1 = (w2.T @ dz2) * sigmoid_derivative(a1)
    dw1 = dz1 @ x.T
    return dw1, dw2
    ### END SOLUTION


# %% check="xor.backward"
check("xor.backward", backward)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Go back in the opposite order. The last thing forward was the output's sigmoid with the
#    cross-entropy; together they give dz2 = a2 - y. Divide it by m here, once, and every gradient
#    below is a mean already.
# 2. dw2 is built like dW in lesson 01: the gradient behind the layer, and what the layer saw,
#    turned round. For the hidden layer, lead dz2 back through w2, then through the slope of the
#    hidden sigmoid.
# 3. Four lines. dz2 is the difference over m. dw2 is dz2 times a1 transposed. dz1 is w2 transposed
#    times dz2, then times the slope from a1, entry by entry. dw1 is dz1 times x transposed. Return
#    dw1 first.
#
# </details>

# %% [markdown]
# Never trust a gradient that has not been measured. Here is the check of lesson 03, on your own
# functions. Without ReLUs there is no kink to fear.

# %%
_, a1_small, _, a2_small = forward(w1_small, w2_small, x)
dw1_small, dw2_small = backward(w1_small, w2_small, x, y, a1_small, a2_small)

measured_1 = numeric_gradient(lambda w: bce(forward(w, w2_small, x)[3], y), w1_small)
measured_2 = numeric_gradient(lambda w: bce(forward(w1_small, w, x)[3], y), w2_small)
for name, mine, measured in (("dw1", dw1_small, measured_1), ("dw2", dw2_small, measured_2)):
    verdict_in_words = "agrees" if relative_error(mine, measured) < 1e-6 else "does NOT agree"
    print(f"{name} {verdict_in_words} with the measured gradient")

# %% [markdown]
# ## 6. Ten thousand small steps
#
# <dfn>Gradient descent</dfn> is a short story: the gradient says where the loss grows; go a little
# the other way; repeat. A round in which every sample is used once is an <dfn>epoch</dfn>. How far
# a step goes for a given gradient is decided by the <dfn>learning rate</dfn>, a small number that
# multiplies it. In code it is `lr`:
#
# $$w \leftarrow w - \mathrm{lr} \cdot dw$$
#
# **Put in order.** An epoch has four parts. Which order is right?
#
# - (a) both weights take their step
# - (b) the loss is noted
# - (c) both gradients are computed
# - (d) the net runs forward
#
# <details><summary>Compare</summary>
#
# (d), (b), (c), (a). The forward pass comes first, everything else needs its activations. And both
# gradients must be there before either weight moves, because they belong to the same place.
#
# </details>
#
# ### Your turn: `train`
#
# Start from the weights that come in and leave those arrays unchanged. Return the new weights and
# the list of losses, one for each epoch, noted **before** its step: `losses[0]` is the loss of the
# weights that came in.


# %% solution="xor-train"
def train(w1, w2, x, y, lr, epochs):
    """Gradient descent: the new w1 and w2, and the loss of each epoch before its step."""
    ### BEGIN SOLUTION
    losses = []
    for _ in range(epochs):
        _, a1, _, a2 = forward(w1, w2, x)
        losses.append(bce(a2, y))
        dw1, dw2 = backward(w1, w2, x, y, a1, a2)
        w1 = w1 - lr * dw1
        w2 = w2 - lr * dw2
    return w1, w2, losses
    ### END SOLUTION


# %% check="xor.train"
check("xor.train", train)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. One epoch has four parts: forward, note the loss, backward, update. Write it for one epoch
#    first, run it, then put a loop around it. You have functions for the first three parts.
# 2. The order matters. The loss is noted before the update, so that losses[0] belongs to the
#    weights that came in. And both gradients must be there before either weight moves.
# 3. Start with an empty list. In a loop that runs epochs times, call forward, append the loss, call
#    backward, then replace w1 by w1 minus lr times its gradient, and w2 likewise. Do not write -=,
#    which changes the caller's arrays. Return behind the loop.
#
# </details>

# %% [markdown]
# Now the whole run: two hidden units, random weights between 0 and 1, rate 0.1, 10,000 epochs.
#
# `np.random.rand` draws numbers between 0 and 1, all equally likely; its arguments are the sizes of
# the array. After `np.random.seed(2)` the draws are the same on every computer. (This is NumPy's
# older way to draw. It is used here because it gives the very numbers of the worksheet that this
# lesson grew out of. Later lessons use `np.random.default_rng`.)
#
# **Decide, then run.** How many numbers does `rand()` give? And `rand(2, 3, 5)`?

# %%
np.random.seed(2)
w1_start = np.random.rand(2, 2)
w2_start = np.random.rand(1, 2)
print("w1 starts at", ", ".join(f"{entry:.4f}" for entry in w1_start.ravel()))
print("w2 starts at", ", ".join(f"{entry:.4f}" for entry in w2_start.ravel()))

for sizes in ((), (5,), (2, 5), (2, 3, 5)):
    draws = np.array(np.random.rand(*sizes))
    first, last = draws.ravel()[[0, -1]]
    print(f"sizes {sizes!s:9}  numbers: {draws.size:2d}, from {first:.8f} to {last:.8f}")

# %% [markdown]
# **Decide, then run.** The answer 0.5 everywhere costs 0.6931. Will the first loss be above or
# below? And the last?

# %%
w1, w2, losses = train(w1_start, w2_start, x, y, lr=0.1, epochs=10_000)
print(f"first loss {losses[0]:.10f}, last loss {losses[-1]:.10f}")
for name, w in (("w1", w1), ("w2", w2)):
    for row in w:
        print(f"{name}:", "  ".join(f"{entry:11.8f}" for entry in row))

# %%
plots.loss_curve(losses, title="XOR without biases, rate 0.1", xlabel="epoch")

# %% [markdown]
# For thousands of epochs nothing seems to happen: the net sits at 0.69, the price of saying 0.5 to
# everything. Many people would have stopped it there. What do the weights do in the meantime? We
# train once more, a hundred epochs at a time, and keep the weights on the way.
#
# **Decide, then run.** Will the weights stand still as long as the loss does?

# %%
w1_history, w2_history = [w1_start], [w2_start]
for _ in range(100):
    w1_next, w2_next, _ = train(w1_history[-1], w2_history[-1], x, y, lr=0.1, epochs=100)
    w1_history.append(w1_next)
    w2_history.append(w2_next)

plots.weight_history(
    {"w1": w1_history, "w2": w2_history},
    title="The six weights on their way",
    xlabel="hundreds of epochs",
)

# %% [markdown]
# They do move. At first both numbers in `w2` shrink to nearly 0, and the two hidden units do much
# the same thing. Then, very slowly, the units grow different: one weight in `w2` turns negative,
# the other positive. Only when they are different enough does the loss begin to fall. Remember that
# for section 9.
#
# ### Your turn: `predict`
#
# From probabilities to answers: 1 where $a_2$ is 0.5 or more, else 0. Return a flat array, one
# number for each sample, also when there is only one sample.


# %% solution="xor-predict"
def predict(w1, w2, x):
    """The class of each sample: a flat array (m,) of 0 and 1."""
    ### BEGIN SOLUTION
    _, _, _, a2 = forward(w1, w2, x)
    return (a2[0] >= 0.5).astype(int)
    ### END SOLUTION


# %% check="xor.predict"
check("xor.predict", predict)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. The net gives probabilities, the learner wants classes. Where a probability is 0.5 or more, the
#    class is 1, elsewhere 0. forward has all you need: which of its four results are the
#    probabilities?
# 2. a2 has shape (1, m): one row. Compare it with 0.5, and you get a row of True and False. Those
#    count as ones and zeros; .astype(int) turns them into numbers.
# 3. What is left is the shape: (m,) is the first row taken out, with the index 0. Beware of
#    np.squeeze: for a batch of one sample it takes away too much. Try your function on a single
#    column, x[:, :1].
#
# </details>

# %%
probabilities = forward(w1, w2, x)[3][0]
print("probabilities:", ", ".join(f"{p:.4f}" for p in probabilities))
print("predictions:  ", [int(answer) for answer in predict(w1, w2, x)])

plots.decision_boundary(
    lambda points: forward(w1, w2, points)[3],
    x,
    y,
    samples="columns",
    title="What the trained net says, without biases",
)

# %% [markdown]
# All four answers are right. But none is sure: after 10,000 epochs it still gives 0.43 where it
# should give 0.
#
# ## 7. Find the bug
#
# **The next cell is wrong on purpose.** A colleague has written one epoch in five lines. Every
# formula in it is right.


# %%
def planted_epoch(w1, w2, x, y, lr):
    _, a1, _, a2 = forward(w1, w2, x)  # line 1
    _, dw2 = backward(w1, w2, x, y, a1, a2)  # line 2
    w2 = w2 - lr * dw2  # line 3
    dw1, _ = backward(w1, w2, x, y, a1, a2)  # line 4
    w1 = w1 - lr * dw1  # line 5
    return w1, w2


# %% [markdown]
# "It works", says the colleague, "the loss goes down and XOR is solved." Let us see.
#
# **Decide, then run.** A bug in the gradient: will its last loss be higher than yours, or lower?

# %%
w1_planted, w2_planted = w1_start, w2_start
for _ in range(9_999):  # as many steps as lie before your last noted loss
    w1_planted, w2_planted = planted_epoch(w1_planted, w2_planted, x, y, lr=0.1)

loss_planted = bce(forward(w1_planted, w2_planted, x)[3], y)
for name, loss, w in (
    ("yours:  ", losses[-1], (w1, w2)),
    ("planted:", loss_planted, (w1_planted, w2_planted)),
):
    print(f"{name} last loss {loss:.6f}, predictions {[int(each) for each in predict(*w, x)]}")

# %% [markdown]
# With the bug the loss comes out a little *lower*. So a loss that falls proves nothing about your
# gradients: a wrong direction often leads downhill as well. What gives the bug away is a single
# step with a large rate, beside a step that is known to be right.

# %%
w1_right, w2_right, _ = train(w1_start, w2_start, x, y, lr=8.0, epochs=1)
w1_planted, w2_planted = planted_epoch(w1_start, w2_start, x, y, lr=8.0)

print("after one epoch at rate 8    right  planted")
for name, right, planted in (("w1", w1_right, w1_planted), ("w2", w2_right, w2_planted)):
    for i, j in np.ndindex(right.shape):
        off = abs(right[i, j] - planted[i, j])
        remark = "" if off < 1e-9 else "   <- differs"
        print(f"{name}[{i}, {j}]  {right[i, j]:23.4f}  {planted[i, j]:7.4f}{remark}")

# %% [markdown]
# Which of the five lines stands too early? Set `wrong_line` to its number.

# %% solution="xor-bug_hunt"
### BEGIN SOLUTION
wrong_line = 3
### END SOLUTION

# %% check="xor.bug_hunt"
check("xor.bug_hunt", wrong_line=wrong_line)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Each of the five lines is right by itself. So look at their order. For each line, note which
#    weights it reads, and whether they still are the ones that the forward pass in line 1 has used.
# 2. The table says that w2 is right and w1 is not. So dw1 is wrong. It is made of x, y, a1, a2 and
#    w2: which of these has changed since line 1?
# 3. An epoch is one forward pass, then both gradients from it, then both updates. Lay a finger on
#    each of the two updates, and look whether a gradient is still computed behind it. That update
#    stands too early.
#
# </details>

# %% [markdown]
# ## 8. What biases would have brought
#
# Look again at the sample $(0, 0)$. Without biases both hidden sums are 0 there, both activations
# are 0.5, whatever `w1` is, and $z_2$ is the mean of the two numbers in `w2`. To say "no" to this
# sample, the two numbers in `w2` need a sum well below 0. To say "yes" to its neighbours all the
# same, the net has to change its mind within one step, and that takes large weights in both layers.
# It can be done, but it takes long.
#
# A bias lets each unit choose where its step stands. Here is the same net with biases that start at
# 0: the same weights at the start, the same rate, the same number of epochs. It is the course's
# finished network, to which lessons 05 to 08 lead up. It wants its samples in rows, so $x$ and the
# weights go in transposed.
#
# **Decide, then run.** The last loss without biases was 0.397. Guess the one with biases.

# %%
network = Network([2, 2, 1], np.random.default_rng(0), hidden="sigmoid", output="sigmoid")
for (weights, biases), start in zip(network.parameters, (w1_start, w2_start), strict=True):
    weights[:], biases[:] = start.T, 0

losses_with_biases = network.fit(x.T, y.T, learning_rate=0.1, epochs=10_000)["loss"]
print(f"first loss: {losses[0]:.4f} without biases, {losses_with_biases[0]:.4f} with biases")
print(f"last loss:  {losses[-1]:.4f} without biases, {losses_with_biases[-1]:.4f} with biases")

plots.loss_curve(
    {"without biases": losses, "with biases": losses_with_biases},
    title="The same start, with and without biases",
    xlabel="epoch",
)

# %%
plots.decision_boundary(
    lambda points: network.predict(points.T),
    x,
    y,
    samples="columns",
    title="What the trained net says, with biases",
)

# %% [markdown]
# Three more numbers, one bias for each unit, and the loss ends eighteen times lower. The two black
# lines now run about halfway between circles and squares; without biases they passed close to the
# circles. Every probability is within 0.03 of its target: the net has become sure.
#
# ## 9. Twins
#
# In the picture of the weights the loss began to fall when the two hidden units had grown
# different. What if they start exactly equal: the two rows of `w1` the same, and the two numbers of
# `w2` the same?
#
# **Decide before you run the experiment.** What happens to the two rows of `w1` in 10,000 epochs?
#
# - (a) Nothing moves: two equal units have gradients of zero, so the net stays where it is.
# - (b) The rows part after a while: the four samples are different, and they pull the units in
#   different directions.
# - (c) The rows move, but stay equal: at each step both get the same gradient. The net can do no
#   more than a net with a single hidden unit.
# - (d) The rows part slowly, because small rounding errors add up over so many steps, until the
#   units do different things.

# %%
w1_twins = np.array([[0.4, 0.9], [0.4, 0.9]])
w2_twins = np.array([[0.3, 0.3]])

print("epochs   first row of w1     second row minus first row")
done = 0
for until in (0, 1, 100, 10_000):
    w1_twins, w2_twins, _ = train(w1_twins, w2_twins, x, y, lr=0.1, epochs=until - done)
    done = until
    row, gap = w1_twins[0], w1_twins[1] - w1_twins[0]
    print(f"{until:6d}   {row[0]:.4f}  {row[1]:.4f}      {gap[0]:.4f}  {gap[1]:.4f}")

print(f"loss at the end: {bce(forward(w1_twins, w2_twins, x)[3], y):.4f}")

# %% [markdown]
# Set `symmetry` to the letter of the right answer. Can you say why, and not only that it is so?

# %% solution="xor-symmetry"
### BEGIN SOLUTION
symmetry = "c"
### END SOLUTION

# %% check="xor.symmetry"
check("xor.symmetry", symmetry=symmetry)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Run the experiment below the question, then explain what it prints. Start with the first epoch:
#    both units have the same weights and see the same samples. What do you know of their
#    activations?
# 2. Then go back. dz1 has one row for each hidden unit: the unit's weight in w2, times dz2, times
#    the slope from its a1. Which of these three things could differ between twins?
# 3. If all three are equal, so are the two rows of dw1, and both rows of w1 take the same step.
#    After the step you are where you began: two equal units. Now think of 10,000 such steps, and of
#    how many different units the net has in the end.
#
# </details>

# %% [markdown]
# Change the 0.3 in the second place of `w2_twins` to 0.3001, choose 20,000 for the last number of
# epochs, and run the experiment again: a difference of one part in three thousand is enough to set
# the twins free. That is why weights start at *random* numbers. It is not the size that matters
# here, it is that no two units are alike.
#
# ### In your own words
#
# A friend says: "XOR has only four samples. With a better learning rate, a single layer would get
# it too. And more layers without a bend would do it anyway." Explain in four or five sentences why
# both are wrong, and what the hidden layer does to the four points so that a straight line is
# enough in the end. A person will read your answer and give up to 2 points.

# %% [markdown] written="xor-explain" points=2
# ### BEGIN SOLUTION
# One layer draws a straight line (with a sigmoid behind it, which does not move the line where it
# says 0.5). For any line the heights at (0, 0) and (1, 1) add up to the same as those at (0, 1) and
# (1, 0), and XOR wants one sum below 1 and the other above 1: no line exists, so no learning rate
# can find it. Layers without a bend multiply to a single matrix and are one straight layer again.
# With a bend in between, the hidden layer moves the four points: it folds the plane so that the two
# samples with y = 1 lie on one side (with the ReLU weights above, on the same spot) and the other
# two on the other side. In the plane of the activations a straight line then separates them.
# ### END SOLUTION

# %% [markdown]
# ## Recap
#
# - No line does XOR: both diagonals have the same middle. The best line says 0.5 everywhere.
# - A hidden layer with a bend folds the plane, so that a line is enough for the output.
# - Sigmoid and cross-entropy fit together: the gradient at the output is the error, $a_2 - y$.
# - An epoch: forward, loss, both gradients, then both steps.
# - A loss that falls is no proof. Measure each gradient, and hold a whole epoch, with a large rate,
#   against one that is known to be right.
# - Biases let each unit place its step; equal units stay equal, so start at random.
#
# ### The formulas on one card
#
# | forward | backward | shape |
# |---|---|---|
# | $z_1 = w_1 x$ | $dw_1 = dz_1\, x^\top$ | $(n_h, n_x)$ |
# | $a_1 = \sigma(z_1)$ | $dz_1 = (w_2^\top dz_2) \odot \sigma'_1$ | $(n_h, m)$ |
# | $z_2 = w_2 a_1$ | $dw_2 = dz_2\, a_1^\top$ | $(n_y, n_h)$ |
# | $a_2 = \sigma(z_2)$ | $dz_2 = (a_2 - y) / m$ | $(n_y, m)$ |
#
# Here $\sigma'_1$ is the slope of the hidden sigmoids, from your `sigmoid_derivative`, and $\odot$
# means entry by entry. The loss is $L = -\frac{1}{m} \sum ( y \log a_2 + (1 - y) \log(1 - a_2) )$,
# and a step is $w \leftarrow w - \mathrm{lr} \cdot dw$.
#
# ### What comes next
#
# In lesson 05 the net gets its biases, a tanh in the hidden layer, and a tidy cache between forward
# and backward; and the data gets harder: two moons that no line can part.
