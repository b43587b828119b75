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
# - prove that no single layer can do XOR;
# - choose weights for two layers that can;
# - write a smooth step from 0 to 1, and its slope, safe for numbers of any size;
# - run a network of two layers forward and say what its answers cost.
#
# **Time**: about 65 minutes for 2,200 words to read and 8 exercises. **Builds on**: the hinges of
# lesson 01, the messages of lesson 02, the cross-entropy of lesson 03, the check of lesson 04.

# %%
import itertools

import numpy as np

from lessonlib import check, plots
from lessonlib.nn import relu

# %% [markdown]
# ## Two questions from earlier lessons
#
# Answer from memory first. It's fine to look things up, but trying to remember is what makes them
# stay.
#
# ### A look back: `dz`
#
# In lesson 02 boxes of a graph sent messages back. Here is one box, a max with three inputs:
#
# $$\max(-2, \; 0, \; 3) = 3$$
#
# The message 5 comes back to it. What does it send on to each of its three inputs? Set `dz` to a
# list of three numbers, in the order of the inputs.

# %% solution="xor-recall_1"
### BEGIN SOLUTION
dz = [0, 0, 5]
### END SOLUTION

# %% check="xor.recall_1"

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
# - (c) The nudge is at fault: $h$ should be $10^{-12}$.
# - (d) All four are wrong, because the gradient of the lower layer comes through the upper one.

# %% solution="xor-recall_2"
### BEGIN SOLUTION
verdict = "b"
### END SOLUTION

# %% check="xor.recall_2"

# %% [markdown]
# ## 1. Four points and one straight boundary
#
# <dfn>XOR</dfn>, the *exclusive or*, asks whether exactly one of two things is true. It is the
# smallest problem that a single layer can't solve. Here are its four samples, one in each column.
# We name a sample by its two inputs: 01 has 0 as input 1 and 1 as input 2.

# %%
X = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
Y = np.array([[0, 1, 1, 0]])

print("input 1:", *X[0])
print("input 2:", *X[1])
print("target: ", *Y[0])

# %% [markdown]
# Start with a problem that one layer *can* solve. AND asks whether both inputs are 1. Take one unit
# without a ReLU, with the weights 0.5 and 0.5 and the bias -0.25. For the four samples it gives
# -0.25, 0.25, 0.25 and 0.75. Where its output is above 0.5, we say 1. Elsewhere we say 0.
#
# The figure shows the plane of the two inputs, seen from above. Darker blue means a larger output.

# %%
Y_and = np.array([[0, 0, 0, 1]])
plots.decision_boundary(
    # points: all points of the plane, one in each column, as in X
    lambda points: 0.5 * points[0] + 0.5 * points[1] - 0.25,
    X,
    Y_and,
    samples="columns",
    title="AND: one unit does it",
    xlabel="input 1",
    ylabel="input 2",
)

# %% [markdown]
# The black line is the <dfn>decision boundary</dfn>: it separates the inputs for which the answer
# is 1 from those for which it is 0. For a weighted sum and a bias the boundary is always straight.
# Other weights turn it, another bias moves it. A ReLU after the sum would not bend it.
#
# For XOR the two squares are at 01 and 10, and the two circles at 00 and 11.
#
# **Decide, then run.** Take a pencil. How many of the four samples can one straight boundary get
# right, at best?

# %% solution="guess-right"
# How many samples of XOR, from 0 to 4?
### BEGIN SOLUTION
guess = 3
### END SOLUTION

# %%
numbers = np.linspace(-2, 2, 9)
most_right = 0
for w, v, b in itertools.product(numbers, numbers, numbers):  # all combinations: 729
    says_1 = w * X[0] + v * X[1] + b > 0.5
    most_right = max(most_right, int(np.sum(says_1 == Y[0])))

figure = plots.decision_boundary(
    lambda points: points[0] + points[1],
    X,
    Y,
    samples="columns",
    title="XOR: one of the best straight boundaries",
    xlabel="input 1",
    ylabel="input 2",
)
plots.resolve(guess, most_right, figure)

# %% [markdown]
# None of those 729 choices gets all four right. Did we miss the right one? No: there is none, and a
# short calculation proves it. Call the two weights $w$ and $v$ and the bias $b$, and write $z(00)$
# for the output at the sample 00:
#
# $$z(00) = b \quad z(11) = w + v + b \quad z(01) = v + b \quad z(10) = w + b$$
#
# Add the first two, then the last two. Both sums are $w + v + 2b$, so
#
# $$z(00) + z(11) = z(01) + z(10).$$
#
# But XOR wants both outputs on the left below 0.5, so their sum below 1. It wants both on the right
# above 0.5, so their sum above 1. Equal numbers can't do that. No choice of weights will help,
# however it is found.
#
# A second layer doesn't help by itself. Without a ReLU between them, two layers multiply out to
# one:
#
# $$W_2 (W_1 x + b_1) + b_2 = (W_2 W_1)\, x + (W_2 b_1 + b_2)$$
#
# There has to be a bend between the layers.
#
# ## 2. Two hinges, by hand
#
# Put a hidden layer between the inputs and the output, and give it two ReLU units. The output adds
# up their activations, each with a weight, and has no bend of its own:
#
# $$a_1 = \mathrm{relu}(W_1 x + b_1), \qquad \mathrm{output} = W_2\, a_1 + b_2$$
#
# **Worked example.** A hidden unit with the weights 1 and 1 and the bias -1:
#
# | sample | 00 | 01 | 10 | 11 |
# |---|---|---|---|---|
# | input 1 + input 2 - 1 | -1 | 0 | 0 | 1 |
# | after the ReLU | 0 | 0 | 0 | 1 |
#
# That single unit is AND.
#
# **Now with gaps.** What does a unit with the weights 1 and -1 and the bias 0 do?
#
# | sample | 00 | 01 | 10 | 11 |
# |---|---|---|---|---|
# | input 1 - input 2 | 0 | ... | ... | 0 |
# | after the ReLU | 0 | ... | ... | ... |
#
# <details><summary>Compare</summary>
#
# The sums are 0, -1, 1, 0, and after the ReLU 0, 0, 1, 0. The unit is above 0 only for "input 1,
# and not input 2".
#
# </details>
#
# ### Your turn: `W1`, `b1`, `W2`, `b2`
#
# Choose the weights and biases so that the output is exactly 0, 1, 1, 0. There is more than one
# way. Mind the shapes: `W1` (2, 2) with a row for each hidden unit, `b1` (2, 1), `W2` (1, 2), `b2`
# (1, 1). A column such as `b1` is written `np.array([[5], [6]])`.

# %% solution="xor-relu_weights"
# W1, b1: the two hidden ReLU units; W2, b2: the output, a weighted sum of the two
### BEGIN SOLUTION
W1 = np.array([[1, 1], [1, 1]])
b1 = np.array([[0], [-1]])
W2 = np.array([[1, -2]])
b2 = np.array([[0]])
### END SOLUTION

# %% check="xor.relu_weights"

# %%
output = W2 @ relu(W1 @ X + b1) + b2
print("your output:", ", ".join(f"{value:.0f}" for value in output[0]))

plots.decision_boundary(
    lambda points: W2 @ relu(W1 @ points + b1) + b2,
    X,
    Y,
    samples="columns",
    title="XOR, by two hinges that you chose",
    xlabel="input 1",
    ylabel="input 2",
)

# %% [markdown]
# How can that be? The output unit is an ordinary weighted sum, and its boundary is straight. But it
# doesn't see the inputs. It sees the two activations. So draw the samples where their activations
# are: across the activation of unit 1, up the activation of unit 2.
#
# **Decide, then run.** Samples with the same two activations fall on one mark. How many marks will
# there be? Work it out with your own weights.

# %% solution="guess-marks"
# How many different marks?
### BEGIN SOLUTION
guess = 4
### END SOLUTION

# %%
A1 = relu(W1 @ X + b1)
marks = np.unique(A1.round(9), axis=1).shape[1]  # how many different columns
figure = plots.decision_boundary(
    lambda points: W2 @ points + b2,
    A1,
    Y,
    samples="columns",
    title="The same samples, as the output unit sees them",
    xlabel="activation of unit 1",
    ylabel="activation of unit 2",
)
plots.resolve(guess, marks, figure)

# %% [markdown]
# There the boundary is straight. The hidden layer has moved the samples so that a straight boundary
# is enough. Watch it happen, with your weights. First the whole plane moves to the sums $W_1 x +
# b_1$. Then the ReLU folds it: whatever is below 0 is pushed up to 0.

# %%
plots.fold_steps(W1, b1, X, Y)

# %% [markdown]
# That is what hidden layers are for. This time you chose the fold. In lesson 06 a network will have
# to find one by itself.
#
# ## 3. A smooth step: the sigmoid
#
# To answer yes or no, a unit should say 1 or 0. A sudden jump from 0 to 1 would do, but it is
# flat everywhere else. Where the slope is 0, a small nudge of a weight changes nothing. The
# <dfn>sigmoid</dfn> is a smooth step from 0 to 1:
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}}$$
#
# Its value lies between 0 and 1. We read it as a probability: how sure the unit is that the answer
# is 1.
#
# **Worked example.** At $z = 0$ the exponential is 1, so $\sigma(0) = 1/2$. At $z = 2$ it is 0.135,
# so $\sigma(2) = 1/1.135 = 0.881$.
#
# **Decide, then run.** What is $\sigma(-2)$? You need no calculator: think of how sure the unit is
# of the other answer.

# %% solution="guess-sigmoid"
# sigmoid(-2), to three decimal places
### BEGIN SOLUTION
guess = 0.119
### END SOLUTION

# %%
plots.resolve(guess, round(float(1 / (1 + np.exp(2.0))), 3))

# %% [markdown]
# $\sigma(2)$ and $\sigma(-2)$ add up to 1. In general $\sigma(-z) = 1 - \sigma(z)$.
#
# ### Your turn: `sigmoid`
#
# Write it for an array `z` of any shape. Far out there is a trap: `np.exp(1000)` is more than a
# float can hold. NumPy says `inf` and warns. Your function should be right at -1000 and at 1000
# too, and if possible without a warning.


# %% solution="xor-sigmoid"
def sigmoid(z):
    """1 / (1 + exp(-z)), entry by entry; the result has the shape of z."""
    ### BEGIN SOLUTION
    e = np.exp(-np.abs(z))  # between 0 and 1, whatever z is
    return np.where(z >= 0, 1.0, e) / (1 + e)
    ### END SOLUTION


# %% check="xor.sigmoid"

# %% [markdown]
# ### How steep is it?
#
# On the way back we will need the slope. We could compute it from $z$. But the forward pass has
# already computed $a = \sigma(z)$, and the slope follows from $a$ alone, without another
# exponential.
#
# The table shows $z$, the value $a$, and the slope, measured as in lesson 04. Which formula in $a$
# fits all five rows? Begin with the last row, then look at both ends.

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

# %%
plots.function(
    np.linspace(-6, 6, 121),
    {"sigmoid": sigmoid, "its slope": lambda z: sigmoid_derivative(sigmoid(z))},
    title="The sigmoid and its slope",
    xlabel="z",
    ylabel="value",
)

# %% [markdown]
# The slope is never more than 0.25, and far out it is nearly 0. So the sigmoid shrinks every
# message on its way back. Keep that in mind: it will matter when there are many layers.
#
# ## 4. Forward
#
# Here is the network that lesson 06 will train: two inputs, a hidden layer of sigmoid units, one
# sigmoid at the output, and **no biases**. We leave them out on purpose. Lesson 06 shows what they
# would have done. The output's activation is the prediction $P$:
#
# $$Z_1 = W_1 X, \qquad A_1 = \sigma(Z_1), \qquad Z_2 = W_2 A_1, \qquad P = \sigma(Z_2)$$
#
# **Worked example**, with two hidden units and the sample 01:

# %%
W1_small = np.array([[1.0, -1.0], [2.0, 1.0]])
W2_small = np.array([[1.0, -2.0]])
x_small = np.array([[0.0], [1.0]])

plots.network(
    [W1_small, W2_small],
    values=[x_small, [0.269, 0.731], [0.233]],
    z=[[-1, 1], [-1.193]],
    names=["input x", "hidden: sigmoid", "output: sigmoid"],
    title="The sample 01 on its way forward",
)

# %% [markdown]
# $$z_1 = \begin{pmatrix} 1 \cdot 0 - 1 \cdot 1 \\ 2 \cdot 0 + 1 \cdot 1 \end{pmatrix}
# = \begin{pmatrix} -1 \\ 1 \end{pmatrix}, \qquad
# a_1 = \sigma(z_1) = \begin{pmatrix} 0.269 \\ 0.731 \end{pmatrix}$$
#
# $$z_2 = 1 \cdot 0.269 - 2 \cdot 0.731 = -1.193, \qquad p = \sigma(z_2) = 0.233$$
#
# Small letters stand for one sample. In capitals there is a column for each sample.
#
# **Now with gaps.** The same network, the sample 00:
#
# $$z_1 = \begin{pmatrix} \ldots \\ \ldots \end{pmatrix}, \quad
# a_1 = \begin{pmatrix} \ldots \\ \ldots \end{pmatrix}, \quad
# z_2 = \ldots, \quad p = 0.378$$
#
# <details><summary>Compare</summary>
#
# Both sums are 0, so both hidden units give 0.5, and the output's sum is 0.5 - 1 = -0.5. The
# weights in `W1` had no say: without biases, the sample 00 always gives 0.5 in every hidden unit.
#
# </details>
#
# ### Your turn: `forward`
#
# Write it for any sizes: $n_x$ inputs, $n_h$ hidden units, $n_y$ outputs, $m$ samples. Return all
# four arrays, because the way back needs them.


# %% solution="xor-forward"
def forward(W1, W2, X):
    """W1 (n_h, n_x), W2 (n_y, n_h), X (n_x, m): Z1 and A1 (n_h, m), Z2 and P (n_y, m)."""
    ### BEGIN SOLUTION
    Z1 = W1 @ X
    A1 = sigmoid(Z1)
    Z2 = W2 @ A1
    P = sigmoid(Z2)
    return Z1, A1, Z2, P
    ### END SOLUTION


# %% check="xor.forward"

# %% [markdown]
# ## 5. What an answer costs
#
# The output says: "the answer is 1, with probability $P$". In lesson 03 the cross-entropy charged
# minus the logarithm of the probability that the right answer got. Here the right answer got $P$ if
# the target is 1, and $1 - P$ if it is 0. The <dfn>binary cross-entropy</dfn> charges each sample
# $-\log$ of the probability that the right one of two answers got, and takes the mean.
#
# **Worked example.** The output says 0.8. If the target is 1, the loss is $-\log 0.8 = 0.223$. If
# the target is 0, the right answer got only 0.2, and the loss is $-\log 0.2 = 1.609$.
#
# **Decide, then run.** Now the output says 0.99, and the target is 0. What is the loss?

# %% solution="guess-cost"
# The cost of saying 0.99 where the target is 0
### BEGIN SOLUTION
guess = 2.0
### END SOLUTION

# %%
plots.resolve(guess, round(float(-np.log(1 - 0.99)), 3))

# %% [markdown]
# Being sure and wrong is expensive. Since a target $Y$ is either 1 or 0, one formula covers both
# cases:
#
# $$L = -\frac{1}{m} \sum_\mathrm{samples} \big( Y \log P + (1 - Y) \log(1 - P) \big)$$
#
# If $Y$ is 1, the second part is 0. If $Y$ is 0, the first part is.
#
# ### Your turn: `bce`
#
# There is one output, so `P` and `Y` are rows, (1, m). Return one number. It must be finite even
# where `P` is exactly 0 or 1, because a sigmoid far out is rounded to 0 or 1.


# %% solution="xor-bce"
def bce(P, Y):
    """P, Y (1, m): the mean binary cross-entropy, a float, finite where P is 0 or 1."""
    ### BEGIN SOLUTION
    P = np.clip(P, 1e-15, 1 - 1e-15)
    costs = -(Y * np.log(P) + (1 - Y) * np.log(1 - P))
    return float(np.sum(costs) / Y.shape[1])
    ### END SOLUTION


# %% check="xor.bce"

# %% [markdown]
# What does a network say before it has learned anything? Here is one with random weights.

# %%
rng = np.random.default_rng(1)
P_random = forward(rng.normal(size=(2, 2)), rng.normal(size=(1, 2)), X)[3]
print("random weights say:", ", ".join(f"{p:.3f}" for p in P_random[0]))
print(f"that costs {bce(P_random, Y):.4f}")
print(f"saying 0.5 to everything costs {bce(np.full((1, 4), 0.5), Y):.4f}")

# %% [markdown]
# Keep the last number in mind. A network whose loss is about 0.693 knows nothing yet.
#
# ### In your own words
#
# A friend says: "XOR has only four samples. If you train it for longer, a single layer will get it
# too. And several layers without a ReLU would do it anyway." Explain in four or five sentences why
# both claims are wrong, and what the hidden layer does to the four points.
#
# Write yours first: the fold below has a model answer and says what earns the two points.

# %% [markdown] written="xor-explain" points=2
# <!-- BEGIN SOLUTION -->
# A single layer has a straight decision boundary. For any weights and bias, the outputs at 00 and
# 11 add up to the same as those at 01 and 10, and XOR wants one sum below 1 and the other above 1.
# So no such weights exist, and no amount of training can find them. Several layers without a bend
# multiply out to one layer, so they fail for the same reason. With a ReLU in between, the hidden
# layer moves and folds the plane: the two samples with target 1 end up on one side (with the
# weights above even on the same spot) and the other two on the other side. There a straight
# boundary is enough.
# <!-- END SOLUTION -->

# %% [markdown] rubric="xor-explain"
# - 1 point: one layer, or several without a bend, has a straight boundary, with a reason why none
#   can do XOR (the two sums are equal, or the squares lie across the diagonal).
# - 1 point: the bend lets the hidden layer move the samples to where a straight boundary separates
#   them.

# %% [markdown]
# ### If you want more
#
# No points here. With three inputs, the *parity* is 1 if an odd number of them is 1. Set
# `W1_parity` (n_h, 3), `b1_parity` (n_h, 1), `W2_parity` (1, n_h) and `b2_parity` (1, 1) of a ReLU
# network so that its output is exactly the parity. How few hidden units are enough? A sketch of the
# output over the sum of the inputs will help.

# %% solution="more-parity"
### BEGIN SOLUTION
W1_parity = np.array([[1, 1, 1], [1, 1, 1], [1, 1, 1]])
b1_parity = np.array([[0], [-1], [-2]])
W2_parity = np.array([[1, -2, 2]])
b2_parity = np.array([[0]])
### END SOLUTION

# %%
X_parity = np.array(list(itertools.product((0, 1), repeat=3))).T
output = W2_parity @ relu(W1_parity @ X_parity + b1_parity) + b2_parity
print("inputs:", "  ".join("".join(map(str, sample)) for sample in X_parity.T))
print("parity:", "  ".join(f"{int(total) % 2:3d}" for total in X_parity.sum(axis=0)))
print("yours: ", "  ".join(f"{value:3.0f}" for value in output[0]))

# %% [markdown]
# <details><summary>Compare</summary>
#
# Three units are enough. Let all of them see the sum of the inputs. Over that sum the output has to
# go 0, 1, 0, 1, so it bends twice between the ends, and each bend needs a hinge. The hinges open at
# 0, 1 and 2, and their weights in `W2_parity` are 1, -2 and 2.
#
# </details>

# %% [markdown]
# ## Recap
#
# - A single layer has a straight decision boundary. None does XOR, because both diagonals of the
#   square have the same sum.
# - Layers without a bend between them are one layer.
# - A hidden layer with a bend folds the plane, so that a straight boundary is enough for the
#   output.
# - The sigmoid turns any number into a probability. Its slope is $a (1 - a)$.
# - The binary cross-entropy charges little for being sure and right, and a lot for being sure and
#   wrong.
#
# ### The formulas on one card
#
# | what | formula | shape |
# |---|---|---|
# | sigmoid | $a = \sigma(z) = 1 / (1 + e^{-z})$ | that of $z$ |
# | its slope | $a (1 - a)$ | that of $z$ |
# | hidden layer | $Z_1 = W_1 X, \; A_1 = \sigma(Z_1)$ | $(n_h, m)$ |
# | output | $Z_2 = W_2 A_1, \; P = \sigma(Z_2)$ | $(n_y, m)$ |
# | binary cross-entropy | $L = -\frac{1}{m} \sum ( Y \log P + (1 - Y) \log(1 - P) )$ | a number |
#
# ### What comes next
#
# You have a network, and a loss that says how bad it is. In lesson 06 you send the gradient back
# through it and let it roll downhill, ten thousand steps, until it has found XOR.
