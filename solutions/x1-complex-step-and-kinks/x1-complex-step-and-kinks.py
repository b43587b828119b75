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
# # Extra: a slope without a subtraction
#
# This page is optional. No lesson needs it.
#
# **After this page you will be able to**
#
# - measure a gradient to the last digit, with a step as small as you like;
# - tell in advance where a central difference crosses a kink.
#
# **Time**: about 20 minutes for 800 words to read and 2 exercises. **Builds on**: lesson 04,
# central differences and kinks.

# %%
import numpy as np

from lessonlib import check, plots
from lessonlib.lessons.suspect_gradients import (
    PLANTED_BUGS,
    forward,
    four_points,
    gradients,
    loss,
    small_network,
    steps_down_to,
)
from lessonlib.nn import numeric_gradient, relative_error

# %% [markdown]
# ## 1. An imaginary step
#
# The central difference has a weak spot: it subtracts two numbers that are nearly equal, and few
# digits survive. Can a slope be measured without a subtraction? It can, with a kind of number that
# you may not have met.
#
# A <dfn>complex number</dfn> $a + b\,i$ has two parts, a real part $a$ and an imaginary part $b$.
# You calculate with it as with any sum, and replace $i^2$ by $-1$. Python writes `1j` for $i$.
#
# Take a step from $x$ to $x + ih$, and see what becomes of $x^3$:
#
# $$\begin{aligned}
# (x + ih)^3 &= x^3 + 3x^2\,(ih) + 3x\,(ih)^2 + (ih)^3 \\
# &= \underbrace{x^3 - 3x h^2}_{\text{real}} + i\,\underbrace{(3x^2 h - h^3)}_{\text{imaginary}}
# \end{aligned}$$
#
# Divide the imaginary part by $h$, and you get $3x^2 - h^2$. That is the slope, with an error of
# $h^2$. The value of $f$ went into the real part, so nothing nearly equal was subtracted, and $h$
# may be tiny. The same works for sums, products, exp and log, and so for a network's loss. The
# <dfn>complex step</dfn> takes the slope from the imaginary part of $f$ after an imaginary step of
# size $h$:
#
# $$f'(x) \approx \frac{\mathrm{Im}\, f(x + ih)}{h}$$
#
# **Worked example.** $x = 2$ and $h = 0.1$. The imaginary part is $12 \cdot 0.1 - 0.001 = 1.199$,
# and divided by 0.1 that is 11.99.
#
# **Decide.** The true slope is 12. What does the complex step give for $h = 10^{-20}$, to six
# decimal places?

# %% solution="guess-slope"
# a number
### BEGIN SOLUTION
guess = 12
### END SOLUTION

# %%
h = 1e-20
plots.resolve(guess, round(((2 + 1j * h) ** 3).imag / h, 6))

# %% [markdown]
# ### Your turn: `complex_step`
#
# Use the loop of `numeric_gradient`, with another line inside. Ask `f` once for each entry of
# `theta`. `np.imag` takes the imaginary part. The result holds floats.


# %% solution="gradcheck-complex_step"
def complex_step(f, theta, h=1e-20):
    """The gradient of f at theta by imaginary steps, in the shape of theta."""
    ### BEGIN SOLUTION
    theta = np.array(theta, dtype=float)
    grad = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        step = np.zeros(theta.shape)
        step[i] = h
        grad[i] = np.imag(f(theta + 1j * step)) / h
    return grad
    ### END SOLUTION


# %% check="gradcheck.complex_step"

# %% [markdown]
# Here is lesson 04's sweep over step sizes once more, with your function, down to $10^{-20}$.

# %%
points = np.array([0.3, 0.7, 1.1, 1.3, 1.7, 1.9])
slopes = 3 * points * points


def sum_of_cubes(x):
    return np.sum(x * x * x)


steps, central, imaginary = steps_down_to(20), [], []
for h in steps:
    central.append(relative_error(numeric_gradient(sum_of_cubes, points, h), slopes))
    imaginary.append(relative_error(complex_step(sum_of_cubes, points, h), slopes))
plots.step_sweep(
    steps,
    {"central difference": central, "complex step": imaginary},
    title="The central difference and the complex step",
)

# %% [markdown]
# The complex step has only the branch on the right. Its error falls until all 16 digits agree, and
# it stays there. So the limit for "agree" can be far lower: $10^{-12}$ instead of $10^{-6}$. Here
# are lesson 04's eight bugs again:

# %%
X, Y, parameters = small_network(size=0.01)


def error_of(name, claimed):
    """The relative error of a claimed gradient of the loss for the parameter `name`."""

    def f(value):
        return loss(X, Y, {**parameters, name: value})

    return relative_error(claimed, complex_step(f, parameters[name]))


for bug, backward in {**PLANTED_BUGS, "(no bug)": gradients}.items():
    grads = backward(X, Y, parameters)
    worst = max(error_of(name, grads["d" + name]) for name in parameters)
    print(f"{bug:26s} {f'disagree, {worst:.4f}' if worst > 1e-12 else 'agree'}")

# %% [markdown]
# There is a price. `f` must accept complex numbers and be smooth near the point. (The network
# has ReLUs, but none of its $z$ is on the kink.) `abs` and `np.linalg.norm` destroy the imaginary
# part, and so does writing a result into an array of floats. In such cases use the central
# difference: it needs only values of `f`.
#
# ## 2. Does a step cross the kink?
#
# Lesson 04 said: a check across a kink says nothing. Suppose a nudge moves some $z$ by a small
# amount to either side; call that amount the `step`. The question is whether 0 lies between
# `z - step` and `z + step`.
#
# **Worked example.** Take $z = 0.02$ and a step of 0.05. The two ends are 0.07 and -0.03, on
# different sides of 0: it crosses. With $z = -0.2$ the ends are -0.15 and -0.25: it doesn't.
#
# **Now with gaps.** Take $z = 0.04$ and a step of -0.05, because raising a weight can lower $z$.
# The ends are … and …, so it …. With $z = 0$ and a step of 0.05 the ends are … and …, so it ….
#
# <details><summary>Compare</summary>
#
# The ends are -0.01 and 0.09, on different sides: it crosses, and the minus made no difference. For
# z = 0 they are 0.05 and -0.05. It crosses, whatever the step.
#
# </details>
#
# ### Your turn: `crosses_kink`
#
# Say for each entry of `z` whether the sign changes between `z - step` and `z + step`. Return True
# or False for each. `step` is a number or an array like `z`, and may be negative. (An end that
# lands exactly on 0 doesn't occur.)


# %% solution="gradcheck-crosses_kink"
def crosses_kink(z, step):
    """For each entry of z, whether moving it by step to either side crosses 0."""
    ### BEGIN SOLUTION
    return np.abs(z) < np.abs(step)
    ### END SOLUTION


# %% check="gradcheck.crosses_kink"

# %% [markdown]
# A nudge of $10^{-5}$ on a bias moves the $z$ of its unit just as much. So, for lesson 04's network
# on four points:

# %%
seen = {}
for b1 in (0.0, 0.1):
    X, _, parameters = four_points(b1=b1)
    Z1 = forward(X, parameters)[0]
    seen[f"Z1 with biases {b1}"] = Z1
    print(f"biases {b1}: {np.sum(crosses_kink(Z1, 1e-5))} of {Z1.size} entries cross the kink")
plots.heatmap(seen, title="Pre-activations, unit by unit", rows="unit", columns="sample")

# %% [markdown]
# The three entries belong to the first sample, the point (0, 0), where $z$ is the bias alone.
#
# ## Recap
#
# - The complex step subtracts nothing, so its step may be tiny.
# - `f` must be smooth near the point and accept complex numbers.
# - A measurement is useless where a step carries some $z$ across 0.
#
# ### The formulas on one card
#
# | what | formula | step | right if |
# |---|---|---|---|
# | complex step | $\mathrm{Im}\, f(\theta + i h e_k) \,/\, h$ | $10^{-20}$ | error below 1e-12 |
# | crosses the kink | the sign changes between `z - step` and `z + step` | | (measure elsewhere) |
#
# The array $e_k$ is 1 in place $k$ and 0 in all others.
#
# ### What comes next
#
# Go on with lesson 05, or wherever you came from.
