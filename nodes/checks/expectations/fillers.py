"""Words that add nothing to what a request names: "write a function that returns the ... of n".

All are written without accents, as `prose.normalised` leaves text.
"""

# ruff: noqa: RUF001  words in several alphabets

from __future__ import annotations

import re


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ENGLISH = _words("""
write create make implement build develop design define give code coding provide generate please
can could you me i need want would like help with a an the this that which who of for in on to
from by as is are be it its their any given input inputs output argument arguments parameter
parameters param params takes take taking accepts accept accepting receives receive receiving
returns return returning compute computes computing calculate calculates calculating calculator
find finds finding determine determines determining check checks checking checker they whether if
or and then function functions method procedure program script routine snippet solution algorithm
simple basic short small efficient efficiently optimized fast clean pythonic number numbers
integer integers int value values element elements item items list lists array arrays string
strings text sequence true false otherwise else using recursion recursive recursively iteration
iterative iteratively loop loops dynamic programming memoization approach named called python
javascript typescript java c++ cpp bash js works user single one two hi hello thanks following
respectively get gets getting obtain obtains produce produces so some my your have has does do
should will must standard library module static public convert converts converting conversion
converter transform transforms turn turns change changes between boolean bool inside def
""")
_SPANISH = _words("""
escribe escribir escriba crea crear cree haz hacer implementa implementar implemente necesito
quiero una un la el los las lo de del que en para por con se si es sea son y o u como dado dada
dados dadas numero numeros entero enteros lista listas cadena cadenas texto arreglo arreglos
vector valor valores funcion metodo programa codigo calcule calcula calcular devuelva devuelve
devolver retorne retorna retornar regrese regresa verifique verifica verificar compruebe comprueba
comprobar determine determina determinar encuentre encuentra encontrar obtener obtenga obtiene
reciba recibe recibir tome toma usando recursion recursiva recursivamente verdadero falso caso
contrario entrada parametro parametros argumento argumentos dos entre convierta convierte
convertir favor elementos elemento al
""")
_GERMAN = _words("""
schreibe schreib schreiben erstelle erstellen implementiere implementieren entwickle bitte mir
eine einen ein einer eines einem der die das den dem des funktion methode programm welche welches
welcher in mit fur von zu zur zum und oder ob ist gegebene gegebenen gegebener zahl zahlen
ganzzahl ganzzahlen liste listen zeichenkette zeichenketten text wert werte berechnet berechnen
berechne berechnung gibt zuruck zuruckgibt zuruckgeben liefert bestimmt bestimmen pruft prufen
uberpruft uberprufen findet finden ermittelt ermitteln nimmt als parameter eingabe rekursiv
rekursion iterativ wahr falsch zwei zweier aus elemente umwandelt umwandeln umrechnet umrechnen
konvertiert wandelt um arrays er sie sonst andernfalls ganzen ganze python-funktion
python-programm javascript-funktion hat
""")
_FRENCH = _words("""
ecris ecrire ecrivez creez cree creer implemente implementez implementer une un la le les l d de
du des qui que en pour par avec et ou si est soit fonction methode programme nombre nombres entier
entiers liste listes chaine chaines tableau tableaux valeur valeurs donne donnee donnes donnees
calcule calculer calculant renvoie renvoyer renvoyant retourne retourner retournant verifie
verifier determine determiner trouve trouver prend parametre parametres entree argument recursive
recursivite vrai faux sinon n s j ai besoin moi deux entre convertit convertir elements element au
dans
""")
_PORTUGUESE = _words("""
escreva escrever crie criar implemente implementar faca uma um a o as os de do da dos das que em
para por com e ou se for funcao metodo programa codigo numero numeros inteiro inteiros lista
listas string texto valor valores calcula calcule calcular retorna retorne retornar devolve
devolva verifica verifique verificar encontra encontre encontrar receba recebe usando recursao
recursiva recursivo dado dada verdadeiro falso caso contrario dois duas entre converta converte
converter elementos ao seja
""")
_ITALIAN = _words("""
scrivi scrivere crea creare implementa implementare una un uno la il lo i gli le l di del della
dei delle degli dello che in per con e o se funzione metodo programma codice numero numeri intero
interi lista liste stringa stringhe testo valore valori calcola calcolare calcoli restituisce
restituisca restituire ritorna ritorni verifica verifichi verificare controlla controlli determina
determini trova trovi trovare prende dato data dati parametro usando ricorsione ricorsiva vero
falso altrimenti due tra converte converta convertire elementi da
""")
_RUSSIAN = _words("""
напиши напишите написать создаи создаите реализуи реализуите функцию функция функции метод
программу программа код на python которая которыи которое вычисляет вычисления вычислить
вычисляющую наити находит нахождения возвращает вернуть возвращающую проверяет проверить проверки
проверяющую определяет определить определения является ли число числа чисел целого целое целых
список списка списке строка строки строку строке заданного данного данное заданное для с и или
если помощью рекурсии рекурсивную принимает из в пожалуиста нужна мне двух два переводит перевода
массив массива иначе элементов элементы
""")
SPOKEN = frozenset(
    word
    for words in (_ENGLISH, _SPANISH, _GERMAN, _FRENCH, _PORTUGUESE, _ITALIAN, _RUSSIAN)
    for word in words
) | frozenset("abnmxyzslk")
_CHINESE = _words("""
请 帮我 帮忙 一个 一段 写 编写 实现 创建 定义 的 函数 方法 程序 代码 脚本 使用
利用 用 计算 返回 求出 求 判断 检查 检测 验证 是否 为 是 给定 输入 整数 数字
数 字符串 列表 数组 值 参数 接收 接受 递归 循环 两个 来 该 并 在 中 里 它 我
需要 想要 要 给 出 个 段 元素 正整数 自然数 找出 查找 找到 和 将 把 转换 转
一 与 这个 所有
""")
_JAPANESE = _words("""
書いて 書く 書き 作成 作って 作る 実装 してください して ください する した 関数
メソッド プログラム コード を の が は に で と か どうか 計算 返す 返して
求める 求めて 判定 チェック 確認 与えられた 入力 整数 数値 数 文字列 リスト 配列
値 引数 受け取り 受け取って 再帰 です ます 二つ 2つ つ 使って 使用 なら 場合
true false 変換 調べる 要素 正の整数 自然数 一つ ある かを
""")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff]+")
_CJK_FILLER = re.compile(
    "|".join(sorted(map(re.escape, {*_CHINESE, *_JAPANESE}), key=len, reverse=True))
)
_TOKEN = re.compile(r"[^\W_][\w+'-]*|[%$€<>=*/+^]")
_APOSTROPHE = re.compile(r"\b(?:dell|nell|all|sull|qu|[ldnscjm])'(?=\w)")


def leftover(text: str, also: frozenset[str] = frozenset()) -> list[str]:
    """The words of a normalised text that are no filler, in order.

    Args:
        text: What is left of a sentence when the thing that it names is taken out.
        also: Further words that say nothing here, such as names of parameters.
    """
    text = _APOSTROPHE.sub(" ", text)
    rest = [_CJK_FILLER.sub("", run) for run in _CJK.findall(text)]
    spoken = (token.strip("'-").removesuffix("'s") for token in _TOKEN.findall(_CJK.sub(" ", text)))
    words = [token for token in spoken if token and token not in SPOKEN and token not in also]
    return [*words, *(run for run in rest if run)]
