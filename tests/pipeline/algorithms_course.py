"""An assignment in the style of a course in algorithms: structures, recursion, counting, graphs."""

FILES = {
    "data/roads.txt": "A B 7\nA C 3\nC B 1\nB D 2\nC D 8\nD E 2\n",
    "graphs.py": '''"""Graphs: a dictionary of dictionaries, node to node to length."""


def read(path):
    """Return the graph in a file of lines `from to length`, both ways."""
    graph = {}
    for line in open(path):
        a, b, length = line.split()
        graph.setdefault(a, {})[b] = int(length)
        graph.setdefault(b, {})[a] = int(length)
    return graph


class Counted(list):
    """A list that counts how often it is read."""

    reads = 0

    def __getitem__(self, place):
        Counted.reads += 1
        return super().__getitem__(place)
''',
}

TEXT = r'''
=== set-up
--- text
# Homework 2: searching, sorting, graphs
--- given
import heapq
from collections import deque

import graphs

=== stack
--- answer
class Stack:
    """Last in, first out."""

    ### BEGIN SOLUTION
    def __init__(self):
        self._items = []

    def push(self, item):
        self._items.append(item)

    def pop(self):
        if not self._items:
            raise IndexError("pop from an empty stack")
        return self._items.pop()

    def __len__(self):
        return len(self._items)
    ### END SOLUTION
--- wrong gives 2
class Stack:
    def __init__(self):
        self._items = []

    def push(self, item):
        self._items.append(item)

    def pop(self):
        return self._items.pop() if self._items else None

    def __len__(self):
        return len(self._items)
--- wrong gives 1
class Stack:
    def __init__(self):
        self._items = []

    def push(self, item):
        self._items.append(item)

    def pop(self):
        return self._items.pop(0)
--- wrong gives 3
class Stack(list):
    push = list.append

    def pop(self):
        if not self:
            raise IndexError("the stack is empty")
        return super().pop()
--- test 1
stack = Stack()
for item in "abc":
    stack.push(item)
assert [stack.pop() for _ in range(3)] == ["c", "b", "a"], "last in, first out"
--- test 1
stack = Stack()
assert len(stack) == 0
stack.push(None)
assert len(stack) == 1 and stack.pop() is None
--- test 1
try:
    Stack().pop()
except IndexError as error:
    assert "empty" in str(error)
else:
    raise AssertionError("an empty stack should raise IndexError")

=== binary search
--- answer
def binary_search(values, wanted):
    """Return where a value is in a sorted list, or -1."""
    ### BEGIN SOLUTION
    low, high = 0, len(values) - 1
    while low <= high:
        middle = (low + high) // 2
        found = values[middle]
        if found == wanted:
            return middle
        if found < wanted:
            low = middle + 1
        else:
            high = middle - 1
    return -1
    ### END SOLUTION
--- wrong gives 1
def binary_search(values, wanted):
    return values.index(wanted) if wanted in values else -1
--- wrong gives 1
def binary_search(values, wanted):
    for place in range(len(values)):
        if values[place] == wanted:
            return place
    return -1
--- wrong
def binary_search(values, wanted):
    low, high = 0, len(values) - 1
    while low < high:
        middle = (low + high) // 2
        if values[middle] == wanted:
            return middle
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle - 1
    return -1
--- test 1
for k in range(7):
    assert binary_search(list(range(7)), k) == k, f"binary_search(list(range(7)), {k})"
assert binary_search([], 3) == binary_search([1, 5], 3) == -1
--- test 2
graphs.Counted.reads = 0
assert binary_search(graphs.Counted(range(1000)), 765) == 765
assert 0 < graphs.Counted.reads <= 24, f"{graphs.Counted.reads} reads"
import inspect

assert ".index(" not in inspect.getsource(binary_search)

=== merge sort
--- answer
def merge(left, right):
    """Return two sorted lists as one."""
    ### BEGIN SOLUTION
    merged, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            merged.append(left[i])
            i += 1
        else:
            merged.append(right[j])
            j += 1
    return merged + left[i:] + right[j:]
    ### END SOLUTION
--- wrong gives 4
def merge(left, right):
    return sorted(left + right)
--- wrong gives 2
def merge(left, right):
    return left + right
--- answer
def merge_sort(values):
    """Return the values in order; uses merge."""
    ### BEGIN SOLUTION
    if len(values) < 2:
        return list(values)
    middle = len(values) // 2
    return merge(merge_sort(values[:middle]), merge_sort(values[middle:]))
    ### END SOLUTION
--- test 1
assert merge([1, 4], [2, 3, 9]) == [1, 2, 3, 4, 9]
assert merge([], []) == [] and merge([1], []) == [1]
--- test 1
import random

for size in range(12):
    values = random.choices(range(20), k=size)
    assert merge_sort(values) == sorted(values), f"merge_sort({values})"
--- test 1
original_merge = merge
del merge
try:
    merge_sort([2, 1])
except NameError:
    pass
else:
    raise AssertionError("merge_sort does not use merge")
finally:
    merge = original_merge
--- test 1
from unittest import mock

with mock.patch("__main__.merge", side_effect=merge) as merged:
    merge_sort(list("hgfedcba"))
assert merged.call_count == 7

=== fibonacci
--- answer
def fibonacci(n, memory=None):
    """Return the nth Fibonacci number, by recursion with a memory."""
    ### BEGIN SOLUTION
    memory = {} if memory is None else memory
    if n < 2:
        return n
    if n not in memory:
        memory[n] = fibonacci(n - 1, memory) + fibonacci(n - 2, memory)
    return memory[n]
    ### END SOLUTION
--- wrong gives 1
def fibonacci(n, memory={}):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a
--- wrong
def fibonacci(n, memory=None):
    return round(1.618034**n / 5**0.5)
--- test 1
assert [fibonacci(k) for k in range(8)] == [0, 1, 1, 2, 3, 5, 8, 13]
assert fibonacci(90) == 2880067194370816120
--- test 1
memory = {}
fibonacci(10, memory)
assert memory[10] == 55 and len(memory) == 9, "use the memory"

=== primes
--- answer
def primes():
    """Yield all primes."""
    ### BEGIN SOLUTION
    found, n = [], 2
    while True:
        if all(n % p for p in found):
            found.append(n)
            yield n
        n += 1
    ### END SOLUTION
--- wrong
def primes():
    return [2, 3, 5, 7, 11, 13]
--- wrong gives 2
def primes():
    n = 1
    while True:
        n += 1
        if all(n % p for p in range(2, min(n, 7))):
            yield n
--- test 1
from itertools import islice, takewhile

import types

assert isinstance(primes(), types.GeneratorType), "yield them"
--- test 1
assert list(islice(primes(), 6)) == [2, 3, 5, 7, 11, 13]
generator = primes()
assert next(generator) == 2 and next(generator) == 3
--- test 1
### BEGIN HIDDEN TESTS
assert sum(1 for _ in takewhile(lambda p: p < 200, primes())) == 46
assert 49 not in takewhile(lambda p: p < 60, primes())
### END HIDDEN TESTS

=== shortest path
--- answer
def shortest(graph, start):
    """Return the length of the shortest path from a node to each."""
    ### BEGIN SOLUTION
    lengths, queue = {}, [(0, start)]
    while queue:
        length, node = heapq.heappop(queue)
        if node not in lengths:
            lengths[node] = length
            for other, more in graph[node].items():
                heapq.heappush(queue, (length + more, other))
    return lengths
    ### END SOLUTION
--- wrong gives 1
def shortest(graph, start):
    lengths, queue = {start: 0}, deque([start])
    while queue:
        node = queue.popleft()
        for other, more in graph[node].items():
            if other not in lengths:
                lengths[other] = lengths[node] + more
                queue.append(other)
    return lengths
--- wrong
def shortest(graph, start):
    return graph[start]
--- test 1
line = {"x": {"y": 2}, "y": {"x": 2, "z": 3}, "z": {"y": 3}}
assert shortest(line, "x") == {"x": 0, "y": 2, "z": 5}
--- test 2
roads = graphs.read("data/roads.txt")
lengths = shortest(roads, "A")
assert lengths["B"] == 4, f"A to B is 4 over C, not {lengths['B']}"
### BEGIN HIDDEN TESTS
assert lengths == {"A": 0, "B": 4, "C": 3, "D": 6, "E": 8}
assert roads == graphs.read("data/roads.txt"), "the graph was changed"
### END HIDDEN TESTS

=== change
--- answer
def ways(amount, coins):
    """Return in how many ways coins make an amount."""
    ### BEGIN SOLUTION
    table = [1] + [0] * amount
    for coin in coins:
        for k in range(coin, amount + 1):
            table[k] += table[k - coin]
    return table[amount]
    ### END SOLUTION
--- wrong gives 1.5
def ways(amount, coins):
    if amount == 0:
        return 1
    return sum(ways(amount - coin, coins) for coin in coins if coin <= amount) if coins else 0
--- wrong gives 1.5
def ways(amount, coins):
    return 1 if amount in (0, 1) else 0
--- test 3
score = 0
score += 0.5 * (ways(0, [1]) == 1)
score += 0.5 * (ways(1, [1]) == 1)
score += 0.5 * (ways(3, [5]) == 0)
score += 1.5 * (ways(10, [1, 2, 5]) == 10)
score

=== complexity
--- text
How does the time of merge sort grow with the number of values, and why?
--- question 2
### BEGIN SOLUTION
As $n \log n$: each of the $\log_2 n$ levels merges $n$ values.
### END SOLUTION
--- wrong
It grows with $n^2$.

=== tower
--- answer
def hanoi(n, source="A", target="C", spare="B"):
    """Return the moves of n discs as a list of pairs."""
    ### BEGIN SOLUTION
    if n == 0:
        return []
    before = hanoi(n - 1, source, spare, target)
    return [*before, (source, target), *hanoi(n - 1, spare, target, source)]
    ### END SOLUTION
--- wrong gives 1
def hanoi(n, source="A", target="C", spare="B"):
    return [(source, target)] * (2**n - 1)
--- wrong
def hanoi(n, source="A", target="C", spare="B"):
    return hanoi(n - 1) + hanoi(n - 1)
--- test 1
assert [len(hanoi(n)) for n in range(1, 6)] == [1, 3, 7, 15, 31]
--- test 1
assert hanoi(2, "x", "y", "z") == [("x", "z"), ("x", "y"), ("z", "y")]
--- test 1
pegs = {"A": [3, 2, 1], "B": [], "C": []}
for a, b in hanoi(3):
    assert not pegs[b] or pegs[b][-1] > pegs[a][-1], "a larger disc on a smaller one"
    pegs[b].append(pegs[a].pop())
assert pegs["C"] == [3, 2, 1]
'''
