"""Common knowledge about lists and matrices."""

# ruff: noqa: RUF001  words in several alphabets

from __future__ import annotations

from itertools import chain, combinations, permutations

from nodes.checks.expectations.compare import AnyOf, Items
from nodes.checks.expectations.entries import Entry, entry

_LIST = (
    r"(?:lists?|arrays?|sequences?|vectors?|lista|liste|arreglo|vettore|tableau|feld|списка|"
    r"массива|列表|数组|リスト|配列)"
)
_NUMS = (
    r"(?:numbers|integers|elements|items|values|numeros|enteros|elementos|zahlen|elemente|"
    r"nombres|elements|numeri|elementi|inteiros|чисел|элементов)"
)
_OF = (
    r"(?: (?:of|in|from|de|en|in|von|dans|di|da|del|des|der|einer|the|all|los|las|os|as|una|a|"
    r"an|la|given|todos|aller|tous|les|tutti|i|gli|всех|в|eines|d'une|todas))*"
)
_MORE = (
    r"even|odd|positive|negative|prime|unique|distinct|nested|square|digit|each|two|pairs|"
    r"subarray|consecutive|index|indices|k|n|first|last|dictionar|tuple|strings?|words?|matrix|"
    r"linked|weighted|moving|running|cumulative|key|column|row|except|between|range|window|"
    r"sliding"
)


def _of_list(
    name: str, words: str, *cases: tuple[object, ...], more: str = "", also: str = ""
) -> Entry:
    return entry(
        name, rf"(?:{words})(?:{_OF} {_NUMS})?(?:{_OF} {_LIST})?(?:{_OF} {_NUMS})?", "I", *cases,
        also=also + " all list numbers integers floats todos alle tous tutti elementos unsorted "
        "given nums arr lst",
        unless=_unless(more),
    )  # fmt: skip


def _unless(more: str) -> str:
    return rf"\b(?:{_MORE}{'|' + more if more else ''})\b"


_SUBSETS = tuple(map(list, chain.from_iterable(combinations((1, 2, 3), k) for k in range(4))))

ENTRIES: tuple[Entry, ...] = (
    _of_list("sum_of_list", r"(?:the )?(?:sum|total)|adds? (?:up )?|sums? up|suma|sumar|summe|"
        r"somme|soma|somma|сумм[ау]",
             ([1, 2, 3], 6), ([-1, 1], 0), ([5], 5), ([10, 20, 30, 40], 100),
        more=r"average|mean|product|squares?|largest|maximum|numbers (?:from|up)|natural|"
        r"divisible|multiples|digits|target|plus|all (?:the )?numbers (?!in)|numbers(?! (?:in|"
        r"of|from) (?:a|an|the|given))"),
    _of_list("mean_of_list",
        r"(?:the )?(?:arithmetic )?(?:mean|average)(?: value)?|promedio|media(?: aritmetica)?|"
        r"durchschnitt|mittelwert|moyenne|media|среднее(?: арифметическое)?|平均(?:值|値|数)?",
             ([1, 2, 3], 2), ([2, 4], 3), ([5], 5), ([1, 2, 3, 4], 2.5), more=r"median|mode|"
        r"deviation|geometric|harmonic|grades?|absolute|student\w*|rounded"),
    _of_list("median_of_list", r"(?:the )?median(?: value)?|mediana|mediane|медиан[ау]|"
        r"中位数|中央値",
             ([3, 1, 2], 2), ([1, 2, 3, 4], 2.5), ([5], 5), ([9, 1, 5, 3, 7], 5),
        more=r"mean|mode|sorted arrays|trapez\w*|stream|arrays"),
    _of_list("maximum",
        r"(?:the )?(?:maximum|largest|biggest|highest|greatest|max)(?: value| number| element|"
        r" integer| item)?|(?:el )?(?:numero |elemento |valor )?(?:maximo|mas grande|mayor)|"
        r"(?:gro(?:ss|ß)te|maximale)[nsr]?(?: zahl| wert| element)?|"
        r"(?:le )?(?:plus grand|maximum)(?: nombre| element)?|"
        r"(?:o |il )?(?:maior|massimo|valore massimo)(?: numero| valor)?|"
        r"максимальн\w+(?: элемент| число)?|最大(?:值|値|数|元素)",
             ([1, 5, 3], 5), ([-3, -1, -2], -1), ([7], 7), more=
        r"minimum|smallest|second|third|sum|product|difference|min|length|depth|common|count|"
        r"subsequence|profit|area|element that|of three|path|frequency|occurr\w*|multiple|"
        r"maximum\b.*\bminimum|palindrom\w*|gap|segundo|zweit\w*|deuxieme|divis\w*"),
    _of_list("minimum",
        r"(?:the )?(?:minimum|smallest|lowest|least|min)(?: value| number| element| integer|"
        r" item)?|(?:el )?(?:numero |elemento |valor )?(?:minimo|mas pequeno|menor)|"
        r"(?:kleinste|minimale)[nsr]?(?: zahl| wert| element)?|(?:le )?(?:plus petit|minimum)"
        r"(?: nombre| element)?|минимальн\w+(?: элемент| число)?|最小(?:值|値|数|元素)",
             ([4, 1, 3], 1), ([-3, -1, -2], -3), ([7], 7), more=r"maximum|largest|second|third|"
        r"sum|product|difference|max|length|common|count|cost|steps|number of|missing|multiple|"
        r"path|moves|jumps|operations|coins|rotated|segundo|zweit\w*|deuxieme|divis\w*"),
    entry("second_largest",
        r"(?:the )?second[ -](?:largest|highest|biggest|greatest)(?: value| number| element|"
        r" integer)?|segundo (?:numero )?(?:mas grande|mayor|maior)(?: numero| elemento)?|"
        r"zweitgro(?:ss|ß)te[nsr]?(?: zahl| element)?|deuxieme plus grand(?: nombre| element)?|"
        r"第二大(?:的)?(?:数|元素|值|数字)?", "I",
          ([1, 5, 3], 3), ([10, 20, 30, 40], 30), ([2, 1], 1), also="unique distinct numbers all",
        unless=r"smallest|sum|index|and|difference|word|string"),
    _of_list("product_of_list", r"(?:the )?product|multipl(?:y|ies) all|producto|produkt|"
        r"produit|produto|prodotto|произведение",
             ([1, 2, 3, 4], 24), ([5], 5), ([2, 0, 3], 0), ([-1, 2], -2), more=r"except|self|"
        r"sum|cartesian|dot|largest|maximum|numbers(?! (?:in|of|from))|subsequence|multiples"),
    entry("sort_list",
        r"(?:(?:implement |the |algorithm |using |with )*(?:bubble|merge|quick|insertion|"
        r"selection|heap|shell|tim)[ -]?sort)(?: algorithm)?(?: to)?(?: sort\w*)?"
        rf"(?:{_OF} {_LIST})?(?:{_OF} {_NUMS})?|sort(?:s|ed|ing)?(?: and returns?)?(?: an?| the)?"
        rf"(?: given| unsorted)? {_LIST}(?:{_OF} {_NUMS})?(?: in| into)?(?: ascending|"
        r" increasing)?(?: order)?|orden\w+ (?:una |la )?lista|sortiert eine liste|"
        r"trie[rz]? une liste|ordina una lista|сортирует список|(?:冒泡|快速|归并|插入|选择|"
        r"堆)排序|"
        r"(?:バブル|クイック|マージ)ソート",
        "I",
          ([3, 1, 2], [1, 2, 3]), ([], []), ([5], [5]), ([5, -1, 3, 0], [-1, 0, 3, 5]), ([2, 2, 1],
        [1, 2, 2]),
          also="sort sorts sorted sorting ascending order algorithm unsorted place in-place "
        "order numbers classic own orden ascendente aufsteigender reihenfolge croissant ordre "
        "排序 算法 升序 アルゴリズム 昇順 ソート", unless=r"descend|decreas|reverse|by|strings?|"
        r"words|linked|"
        r"topolog|even|odd|two|absolute|custom|tuples?|dict\w*|objects?|lexic\w*|alphabet\w*|"
        r"k\b|list of lists|each|rows|is sorted|check|whether|counting steps|number of"),
    entry("is_sorted",
        rf"(?:a |the |given )*{_LIST}(?:{_OF} {_NUMS})? (?:is |are )?(?:already )?sorted(?: in)?"
        r"(?: (?:ascending|increasing|non-decreasing))?(?: order)?|is[_ ]sorted",
        "I",
          ([1, 2, 3], True), ([3, 1, 2], False), ([1, 3, 2, 4], False), ([1], True),
        also="ascending order sorted", unless=r"descend|rotat|remove|search|either|or |find|"
        r"merge|return a sorted|insert|by|position"),
    entry("binary_search", r"binary search(?: algorithm)?|busqueda binaria|binare suche|"
        r"binarsuche|recherche (?:binaire|dichotomique)|busca binaria|ricerca binaria|"
        r"(?:бинарн\w+|двоичн\w+) поиск\w*|二分(?:查找|搜索)|二分探索", "Ii",
          ([1, 3, 5, 7, 9], 7, AnyOf((3, True))), ([1, 3, 5, 7, 9], 1, AnyOf((0, True))), ([1, 3, 5,
        7, 9], 9, AnyOf((4, True))),
          also="sorted target algorithm index search searches ordenada ordenado trie sortierte "
        "sortierten triee element position returns -1 not found it 目标值 索引 排序 有序 "
        "算法 アルゴリズム",
        unless=r"tree|rotated|insert|first|last|duplicates|tree|square root|bst|leftmost",
        roles=(r"arr\w*|lst|list\w*|nums|a|data|array|sorted\w*|values|numbers|items|lista|liste",
        r"target\w*|x|key|value|val|item|element|n|num|search\w*|t|objetivo|ziel|wert")),
    entry("linear_search", r"linear search(?: algorithm)?", "Ii", ([4, 2, 9], 9, AnyOf((2, True))),
        ([4, 2, 9], 4, AnyOf((0, True))), also="target index element",
          roles=(r"arr\w*|lst|list\w*|nums|a|data", r"target|x|key|value|val|item|element"),
        unless=r"all|last|occurrences"),
    entry("remove_duplicates",
        r"(?:remov(?:es?|ing|ed)|eliminat\w+|dedup\w*)(?: all)?(?: the)? duplicates?"
        rf"(?: (?:elements|values|items|entries|numbers))?(?:{_OF} {_LIST})?(?:{_OF} {_NUMS})?|"
        r"elimin\w+ (?:los )?(?:elementos )?duplicados|entfernt? duplikate|"
        r"duplikate (?:aus einer liste )?entfern\w+|supprime[rz]? les doublons|"
        r"remov\w+ (?:os )?(?:elementos )?duplicad\w+|rimuov\w+ (?:i )?duplicati|"
        r"удаляет дубликаты|(?:去除|删除|移除)(?:列表中的?|数组中的?)?重复(?:的)?(?:元素|项)|"
        r"重複を(?:削除|除去)", "L",
          ([1, 2, 2, 3, 1], AnyOf((Items((1, 2, 3)), 3))), ([5, 5, 5], AnyOf((Items((5,)), 1))),
        ([], AnyOf(([], 0))), also="remove preserving preserve maintaining keeping order "
        "original while unique new aus lista liste einer une d'une la de 中的",
        unless=r"sorted|string|linked|consecutive|adjacent|more than|twice|dict|tuple|count|"
        r"characters|words|case|nested|lists|both|two|occurr|file|spaces|key|that appear",
        weight=0.8),
    entry("flatten",
        r"flatten(?:s|ed|ing)?(?: an?| the)?(?: arbitrarily| deeply)?(?: nested| given|"
        rf" multi-?dimensional| 2d| two-dimensional)?(?: {_LIST})(?: of {_LIST})?|"
        r"aplan\w+ una lista(?: anidada| de listas)?|verschachtelte liste (?:flach|abflach\w*)|"
        r"aplati\w+ une liste(?: imbriquee| de listes)?|(?:展平|扁平化)(?:嵌套)?(?:列表|数组)|"
        r"(?:嵌套)?(?:列表|数组)(?:展平|扁平化)", "M",
          ([[1, 2], [3], [4, 5]], [1, 2, 3, 4, 5]), ([], []), ([[1], [2, 3]], [1, 2, 3]),
        also="nested depth any arbitrary arbitrarily level levels deep deeply lists flat "
        "anidada anidadas ebene dimension", unless=r"one level|dict|tree|depth (?:n|d|k)|linked|"
        r"unflatten|json|generator|sort|unique|sum|specified|given depth", weight=0.85),
    entry("chunk",
        rf"(?:split|chunk|divide|break|partition)(?:s|ing)?(?: an?| the)?(?: given)? {_LIST} "
        r"(?:into|in)(?: smaller)? (?:chunks|sub-?lists|groups|sub-?arrays|parts|pieces|batches)"
        r" of(?: a)?(?: (?:size|length|given size|specified size|n|k|the given size))*"
        r"(?: n| k| `?\w+`?)?(?: elements)?", "Li",
          ([1, 2, 3, 4, 5], 2, [[1, 2], [3, 4], [5]]), ([1, 2, 3], 3, [[1, 2, 3]]), ([1, 2, 3, 4],
        1, [[1], [2], [3], [4]]), also="size n k chunk given specified", unless=r"equal|discard|"
        r"drop|pad|fill|evenly|even|sum|numbers? of (?:chunks|parts)", roles=(r"arr\w*|lst|"
        r"list\w*|nums|items|data|a|seq\w*|l|xs", r"n|k|size|chunk\w*|s|length")),
    entry("rotate_right",
        rf"rotat(?:es?|ing|e)(?: an?| the)?(?: given)? {_LIST} (?:to the )?right(?:wards)? by "
        r"(?:k|n|`\w+`)(?: (?:steps|positions|places))?", "Li",
          ([1, 2, 3, 4, 5], 2, [4, 5, 1, 2, 3]), ([1, 2, 3], 1, [3, 1, 2]), ([1, 2, 3], 0, [1, 2,
        3]), also="steps positions times k", roles=(r"arr\w*|lst|list\w*|nums|a|items",
        r"k|n|steps|d|positions|r"), unless=r"left|string|linked|in[- ]place"),
    entry("rotate_left",
        rf"rotat(?:es?|ing|e)(?: an?| the)?(?: given)? {_LIST} (?:to the )?left(?:wards)? by "
        r"(?:k|n|d|`\w+`)(?: (?:steps|positions|places))?", "Li",
          ([1, 2, 3, 4, 5], 2, [3, 4, 5, 1, 2]), ([1, 2, 3], 1, [2, 3, 1]), ([1, 2, 3], 0, [1, 2,
        3]), also="steps positions times k", roles=(r"arr\w*|lst|list\w*|nums|a|items",
        r"k|n|steps|d|positions|r"), unless=r"right|string|linked|in[- ]place"),
    entry("transpose",
        r"transpos(?:es?|ed|ing|ition|e of)(?: of)?(?: an?| the)?(?: given| 2d)?(?: matrix)?|"
        r"matrix transpos\w+|(?:transpuesta|traspuesta|transponierte|transposee|transposta|"
        r"trasposta)(?: (?:de |einer |d')(?:una |um |une )?(?:matriz|matrix|matrice))?|"
        r"(?:矩阵)?转置(?:矩阵)?|転置行列", "M",
          ([[1, 2], [3, 4]], [[1, 3], [2, 4]]), ([[1, 2, 3]], [[1], [2], [3]]), ([[1, 2, 3], [4, 5,
        6]], [[1, 4], [2, 5], [3, 6]]), also="matrix 2d matriz matrice rows columns lists "
        "matrix's 矩阵 行列 einer", unless=r"square|in[- ]place|rotate|tuples|song|cipher|numpy|"
        r"symmetric|string|equal"),
    entry("matrix_multiplication",
        r"(?:matrix multiplication|multipl(?:y|ies|ying|ication of)(?: of)? (?:two )?matrices|"
        r"product of (?:two )?matrices|multiplica\w* (?:de )?(?:dos )?matrices|"
        r"matrizenmultiplikation|zwei matrizen multipliziert|matrix product|矩阵(?:相乘|乘法)|"
        r"両行列の積|"
        r"行列の積)", "MM",
          ([[1, 2], [3, 4]], [[5, 6], [7, 8]], [[19, 22], [43, 50]]), ([[1, 0], [0, 1]], [[2, 3],
        [4, 5]], [[2, 3], [4, 5]]), ([[1, 2, 3]], [[1], [2], [3]], [[14]]), also="two matrices "
        "matrix numpy 两个", unless=r"element|scalar|strassen|chain|square|numpy|vector|hadamard"),
    entry("power_set",
        r"(?:power ?set|all (?:the )?(?:possible )?subsets)(?: of(?: an?| the)?(?: given)?"
        rf"(?: set| {_LIST})?)?|幂集|所有子集|(?:alle )?teilmengen|todos los subconjuntos|"
        r"tous les sous-ensembles", "L",
          ([1, 2], Items(([], [1], [2], [1, 2]))), ([1, 2, 3], Items(_SUBSETS)),
        also="set unique distinct all", unless=r"sum|size|duplicates|of k|length|string|"
        r"non-?empty|number of|count|target|sorted|proper", weight=0.75),
    entry("permutations",
        r"all (?:the )?(?:possible )?permutations(?: of(?: an?| the)?(?: given)?(?: distinct|"
        rf" unique)? {_LIST})|todas las permutaciones de una lista|"
        r"alle permutationen einer liste|toutes les permutations d'une liste|"
        r"(?:列表|数组)的(?:所有)?全排列", "L",
          ([1, 2, 3], Items(tuple(map(list, permutations((1, 2, 3)))))), ([1], AnyOf(([[1]], [1]))),
        also="all distinct unique", unless=r"string|number of|count|next|duplicates|length|size|"
        r"sorted|lexic", weight=0.8),
    entry("two_sum",
        rf"two[ -]sum(?: problem)?|(?:the )?indices of (?:the )?two numbers (?:in an? {_LIST} )?"
        r"(?:that|which|such that (?:they|their sum)) (?:add up|adds up|sum up|sum|equals?) "
        r"(?:to )?(?:a |the )?(?:given |specific )?target(?: value| sum| number)?|两数之和", "Ii",
          ([2, 7, 11, 15], 9, AnyOf((Items((0, 1)), Items((2, 7))))), ([3, 2, 4], 6,
        AnyOf((Items((1, 2)), Items((2, 4))))), also="target integer problem indices numbers "
        "sum add up leetcode they such", unless=r"sorted|all pairs|count|1-indexed|closest|less|"
        r"three|bst|whether|exists?", roles=(r"nums|arr\w*|lst|list\w*|numbers|a", r"target|t|k|"
        r"sum|goal|x"), weight=0.75),
    entry("intersection",
        rf"(?:the )?intersection of (?:two )?{_LIST}(?: of {_NUMS})?|(?:the )?common elements "
        rf"(?:between|of|in|from|shared by) (?:the )?(?:two )?{_LIST}|两个(?:列表|数组)的交集|"
        r"interseccion de dos listas|schnittmenge zweier listen|intersection de deux listes", "LL",
          ([1, 2, 3], [2, 3, 4], Items((2, 3))), ([1, 2], [3, 4], Items(())), also="two common "
        "given", unless=r"linked|sorted|check|whether|any|three|union|duplicates|multi|each|"
        r"same|count|dict|number|order|have|interval"),
    entry("union", rf"(?:the )?union of (?:two )?{_LIST}(?: of {_NUMS})?|union de dos listas|"
        rf"vereinigung zweier listen|两个(?:列表|数组)的并集", "LL",
          ([1, 2], [2, 3], AnyOf((Items((1, 2, 3)), Items((1, 2, 2, 3))))), also="two unique",
        unless=r"find|intersection|sorted|linked|interval|type|disjoint"),
    entry("merge_sorted",
        rf"merg(?:e|es|ing)(?: the)? (?:two )?sorted {_LIST}(?:{_OF} {_NUMS})?(?: into)?"
        rf"(?: (?:one|a single|a))?(?: sorted)?(?: {_LIST})?|fusion\w+ dos listas ordenadas|"
        r"(?:mischt|fuhrt|zusammenfuhr\w+) zwei sortierte listen(?: zusammen)?|"
        r"fusionne[rz]? deux listes triees|合并两个有序(?:数组|列表|链表)", "II",
          ([1, 3, 5], [2, 4, 6], [1, 2, 3, 4, 5, 6]), ([], [1, 2], [1, 2]), ([1, 2], [], [1, 2]),
        ([1, 1], [1], [1, 1, 1]), also="two sorted single one ascending order new",
        unless=r"linked|k sorted|three|in[- ]place|unique|duplicates|median|链表|m and n|nums1|"
        r"descend|built"),
)  # fmt: skip
