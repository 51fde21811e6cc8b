"""What is known of the thing that a request names, and what only looks like it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from nodes.checks.cases import Case, Parameter, Seen, Signature
from nodes.checks.expectations import find_expectations


def known(query: str, *names: str, language: str = "python") -> list[Case]:
    subject = Signature("solve", tuple(Parameter(name) for name in names))
    return [c for c in find_expectations(query, language, subject) if c.origin == "known"]


def complaints(cases: list[Case], function: Callable[..., Any]) -> list[str]:
    found = []
    for case in cases:
        assert case.judge is not None
        assert case.arguments is not None
        value = function(*case.arguments)
        complaint = case.judge(Seen("returned", value, repr(value), "", case.arguments))
        found += [complaint] if complaint else []
    return found


NAMED = [
    ("Write a function that returns the factorial of n.", "factorial", "n"),
    ("Write a recursive function to compute factorial of a number", "factorial", "n"),
    ("Write a python function solve(x, y) with two inputs x and y that returns the gcd of x and y",
     "gcd", "x,y"),
    ("Create a function for the least common multiple of two integers", "lcm", "a,b"),
    ("Write a Python program to check if a number is prime.", "is_prime", "n"),
    ("Write a function to find the n-th prime number", "nth_prime", "n"),
    ("Implement a function to calculate the nth Fibonacci number.", "fibonacci", "n"),
    ("Write solve(n) with input element number n (0 based) that returns the `n`-th element of the "
     "fibonacci sequence", "fibonacci_0_based", "n"),
    ("Return a list with the first n elements of the fibonacci sequence", "first_fibonacci", "n"),
    ("Create a function that checks if a given string is a palindrome.", "is_palindrome", "s"),
    ("Write a function that returns True if two strings are anagrams of each other",
     "are_anagrams", "a,b"),
    ("Can you write me a function that reverses a string?", "reverse_string", "s"),
    ("Write a Python function that takes a string and returns the number of vowels in it.",
     "count_vowels", "s"),
    ("Write a function that counts the frequency of each character in a string",
     "char_frequency", "s"),
    ("Write a function that determines whether a given year is a leap year",
     "is_leap_year", "year"),
    ("Write a function to convert an integer to a Roman numeral", "int_to_roman", "num"),
    ("Write a function that converts a Roman numeral to an integer", "roman_to_int", "s"),
    ("Write a function that converts celsius to fahrenheit", "celsius_to_fahrenheit", "c"),
    ("Write a function to find the sum of all elements in a list", "sum_of_list", "nums"),
    ("Write a function to find the median of a list of numbers", "median_of_list", "nums"),
    ("Write a function that finds the second largest number in a list.",
     "second_largest", "nums"),
    ("Implement bubble sort.", "sort_list", "arr"),
    ("I need a function that merges two sorted lists into one sorted list",
     "merge_sorted", "a,b"),
    ("write code for binary search in python", "binary_search", "arr,target"),
    ("Write a function to transpose a matrix.", "transpose", "matrix"),
    ("Write a function that returns the power set of a list", "power_set", "lst"),
    ("Write a function that checks if parentheses are balanced in a string",
     "balanced_brackets", "s"),
    ("Write a function that encrypts text using the Caesar cipher with a given shift",
     "caesar_cipher", "text,shift"),
    ("Write a function that calculates the edit distance between two strings",
     "levenshtein", "a,b"),
    ("Write a function that converts seconds to HH:MM:SS format", "seconds_to_hms", "seconds"),
    ("Write a function that converts a camelCase string to snake_case", "camel_to_snake", "s"),
    ("Escribe una función que compruebe si una cadena es un palíndromo", "is_palindrome", "s"),
    ("Escribe una función que devuelva el número mayor de una lista", "maximum", "nums"),
    ("Schreibe eine Python-Funktion, die die Fakultät einer Zahl berechnet", "factorial", "n"),
    ("Schreibe eine Funktion, die den größten gemeinsamen Teiler zweier Zahlen berechnet",
     "gcd", "a,b"),
    ("Écris une fonction qui compte le nombre de voyelles dans une chaîne", "count_vowels", "s"),
    ("Escreva uma função que verifique se um número é primo", "is_prime", "n"),
    ("Scrivi una funzione che calcola il fattoriale di un numero", "factorial", "n"),
    ("Напиши функцию, которая проверяет, является ли строка палиндромом", "is_palindrome", "s"),
    ("写一个函数,返回列表中的最大值", "maximum", "nums"),
    ("写一个Python函数判断闰年", "is_leap_year", "year"),
    ("与えられた数の階乗を計算する関数を書いてください", "factorial", "n"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "name", "names"), NAMED)
def test_the_thing_that_a_request_names_is_known(query: str, name: str, names: str) -> None:
    cases = known(query, *names.split(","))

    assert {case.quote.partition("(")[0] for case in cases} == {name}


NEAR = [
    ("sum of the even fibonacci numbers up to n", "n"),
    ("Write a function that returns the n-th prime palindrome", "n"),
    ("Write a function that reverses a string without using slicing", "s"),
    ("Write a function that computes the factorial of n except for even n", "n"),
    ("Write a function that returns the factorial of n, but as a list of digits", "n"),
    ("Write a function to count the trailing zeros in the factorial of n", "n"),
    ("Write a function that returns the sum of the digits of the factorial of n", "n"),
    ("Write a function to compute the double factorial of n", "n"),
    ("Write a function that checks if a number is a prime palindrome", "n"),
    ("Write a function to find the longest palindromic substring", "s"),
    ("Write a function that checks if a string is not a palindrome", "s"),
    ("Write a function that returns False if the number is prime and True otherwise", "n"),
    ("Write a function to find the sum of the squares of a list", "nums"),
    ("Write a function to find the sum of even numbers in a list", "nums"),
    ("Write a function to find the sum of all prime numbers up to n", "n"),
    ("Write a function that finds the maximum difference between elements in a list", "nums"),
    ("Write a function to find the maximum subarray sum", "nums"),
    ("Write a function to find the second smallest element of a list", "nums"),
    ("Write a function to sort a list of strings by length", "words"),
    ("Write a function to sort a list in descending order", "nums"),
    ("Write a function to sort a linked list", "head"),
    ("Write a function to count the number of vowels in each word of a sentence", "s"),
    ("Write a function to count vowels and consonants", "s"),
    ("Write a function to reverse each word in a string", "s"),
    ("Write a function to convert an integer to roman numerals in lowercase", "n"),
    ("Write a function to find the gcd of a list of numbers", "nums"),
    ("Write a function that returns the number of prime factors of n", "n"),
    ("Write a function to check if two strings are anagrams ignoring spaces", "a,b"),
    ("Write a function to group anagrams", "words"),
    ("Write a function to find the median of a trapezium", "a,b,h"),
    ("Write a function that returns the next leap year", "year"),
    ("Write a function to find the last digit of the n-th fibonacci number", "n"),
    ("Write a function that checks if a number is a power of three", "n"),
    ("Write a function that removes duplicates from a string", "s"),
    ("Write a function that merges two sorted linked lists", "a,b"),
    ("Write a class that computes the factorial of n", "n"),
    ("Write a test for the factorial function", "n"),
    ("Explain why my factorial function is slow", "n"),
    ("Write a function to compute the factorial of n. Only multiply odd numbers.", "n"),
    ("Write a function that returns the sum of a list. Skip the negative numbers.", "nums"),
    ("Write a function that prints the factorial of n", "n"),
    ("Write a function that checks whether all numbers in a list are prime", "nums"),
    ("Write a function to decode a run-length encoded string", "s"),
    ("Write a function that returns the hamming distance between two integers", "a,b"),
    ("Write a function to find the common elements of three lists", "a,b"),
    ("Schreibe eine Funktion, die die Summe der geraden Zahlen einer Liste berechnet", "nums"),
    ("Escribe una función que calcule la suma de los números pares de una lista", "nums"),
    ("Écris une fonction qui calcule la factorielle des chiffres d'un nombre", "n"),
    ("Напиши функцию, которая находит сумму чётных чисел списка", "nums"),
    ("写一个函数计算列表中偶数的和", "nums"),
    ("写一个函数判断一个数是否不是素数", "n"),
]


@pytest.mark.parametrize(("query", "names"), NEAR)
def test_a_variation_of_a_known_thing_is_not_known(query: str, names: str) -> None:
    assert known(query, *names.split(",")) == []


def test_a_definition_or_a_stated_error_leaves_the_thing_what_it_is() -> None:
    leap = "Write a function that checks if a year is a leap year. A leap year is divisible by 4 "
    leap += "but not by 100, unless it is divisible by 400."
    error = "Write a function that returns the factorial of n. Raise ValueError if n is negative."

    assert known(leap, "year")
    assert known(error, "n")


@pytest.mark.parametrize("names", [(), ("n", "m"), ("nums",), ("text",)])
def test_a_function_that_takes_something_else_is_not_tried(names: tuple[str, ...]) -> None:
    assert known("Write a function that returns the factorial of n", *names) == []


def test_arguments_go_where_the_names_say() -> None:
    query = "Implement binary search in Python"
    straight, turned = known(query, "arr", "target"), known(query, "target", "arr")

    assert straight[0].arguments == ([1, 3, 5, 7, 9], 7)
    assert turned[0].arguments == (7, [1, 3, 5, 7, 9])
    assert known(query, "p", "q") == []


def fibonacci(start: tuple[int, int]) -> Callable[[int], int]:
    def nth(n: int) -> int:
        a, b = start
        for _ in range(n):
            a, b = b, a + b
        return a

    return nth


@pytest.mark.parametrize("start", [(0, 1), (1, 0), (1, 1)])
def test_fibonacci_may_be_counted_in_any_of_the_usual_ways(start: tuple[int, int]) -> None:
    cases = known("Write a function that returns the nth fibonacci number", "n")

    assert complaints(cases, fibonacci(start)) == []
    assert len(complaints(cases, lambda n: n)) == len(cases)


def test_fibonacci_is_counted_as_the_request_says() -> None:
    cases = known("Return the n-th element (0 based) of the fibonacci sequence", "n")

    assert complaints(cases, fibonacci((0, 1))) == []
    assert complaints(cases, fibonacci((1, 1))) != []


def test_right_functions_pass_and_wrong_ones_do_not() -> None:
    gcd = known("Write a function that returns the gcd of two numbers", "a", "b")
    sort = known("Implement merge sort", "arr")

    assert complaints(gcd, math.gcd) == []
    assert complaints(gcd, math.lcm) != []
    assert complaints(sort, sorted) == []
    assert complaints(sort, lambda arr: sorted(arr, reverse=True)) != []


def test_a_list_may_be_sorted_in_place() -> None:
    case = known("Implement quicksort in Python", "arr")[0]
    assert case.judge is not None

    assert case.judge(Seen("returned", None, "None", "", ([1, 2, 3],))) is None


@pytest.mark.parametrize("language", ["python", "javascript", "java", "cpp"])
def test_other_notations_of_a_result_are_accepted(language: str) -> None:
    case = known("Write a function that returns the factorial of n", "n", language=language)[0]
    assert case.judge is not None

    assert [case.judge(Seen("returned", value)) for value in (120, 120.0, "120")] == [None] * 3
    assert case.judge(Seen("returned", 121, "121")) == "gave 121, expected 120"
    assert case.judge(Seen("raised", error="TypeError")) is not None
    assert case.judge(Seen("not_run", shown="no numpy")) is None


def test_a_shell_function_is_only_tried_on_words() -> None:
    assert known("Write a bash function that computes the factorial of n", "n", language="bash")
    assert known("Implement bubble sort in bash", "arr", language="bash") == []


@pytest.mark.parametrize(
    ("query", "names", "edge"),
    [
        ("Write a function that checks if a number is prime.", "n", (1,)),
        ("Write a function that returns the factorial of n.", "n", (0,)),
        ("Return the n-th element (0 based) of the fibonacci sequence", "n", (0,)),
        ("Write a function that returns the sum of the digits of a number", "n", (0,)),
        ("Write a function that computes the binomial coefficient", "n,k", (4, 0)),
    ],
)
@pytest.mark.parametrize("error", ["ValueError", "java.lang.IllegalArgumentException", "Error"])
def test_input_at_the_edge_may_be_refused_on_purpose(
    query: str, names: str, edge: tuple[int, ...], error: str
) -> None:
    cases = known(query, *names.split(","))
    judges = {case.arguments: case.judge for case in cases}
    at_edge = judges.pop(edge)
    assert at_edge is not None

    assert at_edge(Seen("raised", error=error)) is None
    assert at_edge(Seen("raised", error="TypeError")) is not None
    assert at_edge(Seen("returned", 7, "7")) is not None or edge == (1,)
    assert all(judge and judge(Seen("raised", error=error)) for judge in judges.values())
