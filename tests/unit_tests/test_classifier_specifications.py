"""Functions, tables and values specified in prose, in any language, and chat that looks like it."""

import time

import pytest
from langchain_core.messages import HumanMessage

from nodes.classifier.model import LinearClassifier
from nodes.classifier.structure import certainty_of, specified_in

CODE = [
    "next_tide(times, now) picks the first entry of times that is later than now, or None",
    "Need overlap_minutes(a_start, a_end, b_start, b_end). Touching intervals share "
    "nothing, so the answer is 0 then.",
    "For our choir: voices is a dict name -> 'S', 'A', 'T' or 'B'. Count how many "
    "sing each part, missing parts with 0.",
    "isPangram(s) — true if every letter a-z is there, ignore case. isPangram('abc') is false",
    'static String initials(String fullName), "Ada King" gives "A.K.", empty gives ""',
    "turn 'hello world' into 'Hello World' but leave words of two letters alone: title_long(text)",
    "Brauche pfand(flaschen, kaesten) in Cent. Negative Werte -> ValueError",
    "Schreib mir bitte teile_auf(betrag, personen): gibt eine Liste von "
    "Cent-Beträgen, die sich höchstens um 1 unterscheiden",
    "il me faut compter_absences(registre) : registre est un dict élève -> liste de "
    "jours, renvoie les élèves triés du plus absent au moins absent",
    "Quiero turnos_libres(agenda, dia) que devuelva una lista vacía si no hay",
    "função media_movel(valores, janela), None enquanto não houver valores suficientes",
    "mi serve codice_valido(s): 16 caratteri, lettere e cifre, altrimenti False",
    "нужна min_coins(amount, coins), если нельзя — вернуть -1",
    "pack_boxes(items, limit)：按顺序装箱，每箱重量不超过 limit，返回列表的列表",  # noqa: RUF001
    "is_leap(y) を書いて。1900 は False、2000 は True",
    "group_by_len(words) 필요해. ['a','bb','c'] -> {1: ['a','c'], 2: ['bb']}",
    "patients(id, name, born), visits(patient_id, day). Everybody without a visit "
    "this year, oldest first.",
    "tabelle raeume(id, name, plaetze) und buchungen(raum_id, von, bis): welche "
    "Räume sind am 3. Mai frei?",
    "the longest streak of true values in a list, return (start, length); no streak means (0, 0)",
    "I keep readings as (timestamp, value) tuples. Drop those that differ from the "
    "one before by less than 0.5.",
    "std::string squeeze(const std::string& s): runs of spaces become one",
    "clamp each rgb triple to 0..255 and give back '#rrggbb'",
    "raise KeyError if the room is unknown, otherwise return the next free (start, end) pair",
    "knapsack, bottom-up",
    "plz mkae a functoin wich retunrs teh secnod largets numer in a lsit",
    "写个冒泡排序",
    "git: which commit introduced this string",
    "the five cheapest products per category, one sql statement",
]
CHAT = [
    "f(x) = 3x^2 - 5 and g(x) = x + 1. Find f(g(2)).",
    "Let P(3, 4) and Q(-1, 2). How long is the line PQ?",
    "Prove that max(a, b) = (a + b + |a - b|) / 2.",
    "A baker sells 12 rolls for 4.80 and a loaf for 3.20. What do 6 rolls and two loaves cost?",
    "What does printf() stand for?",
    "What happens in memory, roughly, when a function calls itself? No code, just the idea.",
    "Who invented null, and why did he call it his billion dollar mistake?",
    "Our yoga class (the early one) moves to room 4. Write a short note for the members.",
    "Paris (Texas) or Paris (France), which film is that?",
    "Boil (10 min) -> drain -> mash -> season. What goes well with it?",
    "Rank these from cold to hot: [ice, tea, lava]",
    "2x + 3 >= 11, solve for x",
    "Sudoku tips for beginners?",
    "Day 1: Lyon -> Nice, Day 2: Nice -> Genoa. How long are the drives?",
    "Is it 'who' or 'whom' in: 'the man ___ I saw'?",
    "Our club has three rules: no dogs, no glass, music off at 22:00. Phrase them more kindly.",
    "Ein Kino hat 200 Plätze (davon 20 Loge) und verkauft 150 Karten zu 9,50. Wie "
    "hoch ist die Einnahme?",
    "Leite f(x) = sin(x) * x ab",
    "La fonction du cœur (chez l'enfant) est-elle différente ?",
    "Si a -> b y b -> c, ¿se sigue que a -> c?",
    "Найдите f(2), если f(x) = 5x - 1",
    "已知 f(x)=2x+1，求 f(3)",  # noqa: RUF001
    "次の数列の次の数は？ 1, 4, 9, 16",  # noqa: RUF001
    "My guest list: [Anna, Ben, Cleo (vegan), Dan]. Suggest a seating plan.",
    "name(s) of the parent(s) must be on the form, is that normal?",
    "Mr. Brown (CEO) and Ms. Green (CFO) disagree. How do I write the minutes?",
    "Sum of the first 100 odd numbers?",
    "The return policy says 30 days, the shop says no. True or false: I have a right to a refund?",
    "x = 4, y = 2. What is x(y + 1)?",
    "Is (2, 3, 5) a Pythagorean triple?",
    'Summarise: "The list of guests is empty, so the hotel returns the deposit."',
    "The vending machine says error(14), can I get my money back?",
    "C(5, 2) = ? explain how combinations work",
    "Find the limit of sin(x)/x as x goes to 0",
    "Set A = {1, 2}, B = {2, 3}. What is their union?",
    "E(X) = 3 and Var(X) = 2. What is E(2X + 1)?",
    'Who says "I\'ll be back" -> which film, which year?',
]


@pytest.fixture(scope="module")
def classifier() -> LinearClassifier:
    return LinearClassifier.load()


@pytest.mark.parametrize("text", CODE)
def test_a_specification_is_a_request_for_code(classifier: LinearClassifier, text: str) -> None:
    assert classifier([HumanMessage(text)]).label == "code"


@pytest.mark.parametrize("text", CHAT)
def test_what_only_looks_like_one_is_chat(classifier: LinearClassifier, text: str) -> None:
    assert classifier([HumanMessage(text)]).label == "chat"


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("next_tide(times, now) please", {"arguments", "snake_call", "named"}),
        ("static int fare(int zone)", {"typed", "head", "type"}),
        ("halve(xs: list[int])", {"typed", "type"}),
        ("double(3) or tidy('a b')", {"called", "literal"}),
        ("'tea' -> 'eat'", {"arrow", "maps_to", "quotes"}),
        ("it raises a lookuperror, never null", {"raised", "null"}),
        ("[(1, 2), (3, 4)]", {"nested", "literal"}),
    ],
)
def test_signs_of_a_specification(text: str, signs: set[str]) -> None:
    assert specified_in(text) == signs


@pytest.mark.parametrize(
    "text",
    [
        "rome (italy) in may",
        "the key(s) of the neighbour(in)",
        "f(x) = 3x + 1 and sin(x)",
        "tea -> cake -> home",
        "mr. brown (ceo), aged 40",
        "none of this is true",
    ],
)
def test_parentheses_and_arrows_of_daily_life_are_no_certain_signs(text: str) -> None:
    assert certainty_of(specified_in(text)) == 0


@pytest.mark.parametrize("piece", ["a_", "a(", "a(b,", "[(", "'a", "a <", "`a", "int a ", "(" * 9])
def test_signs_are_found_in_time_whatever_the_text(piece: str) -> None:
    text, spent = piece * (1000 // len(piece)), []
    for _ in range(5):
        began = time.thread_time()
        specified_in(text)
        spent.append(time.thread_time() - began)
    assert min(spent) < 0.01
