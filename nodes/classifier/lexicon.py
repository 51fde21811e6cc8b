"""Words that say what a request is about, so that the model need not meet each in training.

All entries are casefolded. A token has every kind whose words it equals or whose stems it starts
with; scripts without spaces are searched for stems.
"""

from __future__ import annotations

from functools import lru_cache

LANGUAGES = {
    "python": "Python", "python3": "Python", "py": "Python", "javascript": "JavaScript",
    "js": "JavaScript", "typescript": "TypeScript", "ts": "TypeScript", "java": "Java",
    "c++": "C++", "cpp": "C++", "c#": "C#", "csharp": "C#", "f#": "F#", "golang": "Go",
    "rust": "Rust", "ruby": "Ruby", "php": "PHP", "perl": "Perl", "scala": "Scala",
    "kotlin": "Kotlin", "swift": "Swift", "haskell": "Haskell", "lua": "Lua", "matlab": "MATLAB",
    "julia": "Julia", "fortran": "Fortran", "cobol": "COBOL", "pascal": "Pascal",
    "delphi": "Delphi", "erlang": "Erlang", "elixir": "Elixir", "clojure": "Clojure",
    "lisp": "Lisp", "prolog": "Prolog", "ocaml": "OCaml", "dart": "Dart", "groovy": "Groovy",
    "assembly": "assembly", "asm": "assembly", "vba": "VBA", "vb": "Visual Basic",
    "sql": "SQL", "mysql": "SQL", "postgres": "SQL", "postgresql": "SQL", "sqlite": "SQL",
    "tsql": "SQL", "plsql": "SQL", "html": "HTML", "html5": "HTML", "css": "CSS", "scss": "CSS",
    "bash": "shell", "zsh": "shell", "powershell": "PowerShell", "awk": "shell", "sed": "shell",
    "grep": "shell", "regex": "regular expressions", "regexp": "regular expressions",
    "latex": "LaTeX", "xml": "XML", "json": "JSON", "yaml": "YAML", "toml": "TOML",
    "xslt": "XSLT", "xpath": "XPath", "verilog": "Verilog", "vhdl": "VHDL", "solidity": "Solidity",
    "graphql": "GraphQL", "objective-c": "Objective-C", "objc": "Objective-C",
    "dockerfile": "Dockerfile", "makefile": "Makefile", "cmake": "CMake", "svg": "SVG",
    "actionscript": "ActionScript", "coffeescript": "CoffeeScript", "gdscript": "GDScript",
}  # fmt: skip

_WORDS = {
    "tech": """
        react reactjs angular angularjs vue svelte jquery node nodejs express django flask fastapi
        rails spring hibernate laravel symfony wordpress drupal asp .net dotnet wpf winforms linq
        pandas numpy scipy matplotlib pytorch tensorflow keras sklearn opencv pygame tkinter qt
        pyqt selenium puppeteer scrapy boost stl unity godot unreal opengl vulkan cuda docker
        kubernetes kubectl helm terraform ansible vagrant nginx apache tomcat git github gitlab svn
        mercurial jenkins maven gradle npm webpack yarn pip conda cargo gcc clang gdb llvm
        redis mongodb mongo oracle cassandra elasticsearch kafka rabbitmq aws s3 ec2 lambda azure
        gcp firebase android ios xcode cocoa iphone uikit swiftui jsp jsf servlet jdbc jpa orm
        ajax dom rest soap wcf api oauth jwt http https url curl ssh tcp udp socket websocket cron
        crontab systemd tmux vim emacs vscode eclipse intellij netbeans unix linux excel vlookup
        sheets ggplot dplyr tidyverse r shiny spark hadoop hive pyspark langchain tailwind bootstrap
        sass less junit pytest jest mocha rspec eval stdin stdout localhost ffmpeg imagemagick
        sharepoint
    """,
    "codenoun": """
        function functions method methods class classes code codes script scripts program programs
        algorithm algorithms loop loops array arrays variable variables pointer pointers string
        strings integer integers boolean tuple tuples dict dictionary dictionaries list lists
        object objects parameter parameters argument arguments callback closure lambda recursion
        recursive iterator generator decorator struct enum interface inheritance constructor
        template namespace module import library package snippet codeblock bug bugs compile compiler
        runtime syntax query queries subquery join regex database schema endpoint backend frontend
        webpage website app plugin extension component button form div unittest tests stack queue
        heap hashmap hash tree graph matrix byte bytes bit bits binary hex ascii utf unicode
        thread threads mutex async await promise null nil undefined static void int float char
        var const elif printf print println console override overload serialize deserialize parse
        parser scraper crawler webhook bot macro formula cell cells column columns row rows table
        tables command commands oneliner config gitignore migration widget stylesheet
        leetcode fizzbuzz fibonacci palindrome factorial prime anagram substring subarray
        codigo código funkce funkcja fonction funzione função función funktion scrip skrypt skript
    """,
    "algo": """
        dijkstra kahn kruskal prim floyd warshall bellman levenshtein hamming jaccard luhn caesar
        vigenere knapsack memoization memoized memoize backtracking topological bfs dfs mergesort
        quicksort heapsort bubblesort timsort radix trie bloom lru lfu debounce throttle slugify
        regexes kmp manacher huffman sieve eratosthenes collatz gcd lcm permutations powerset
        n-queens sudoku levensthein damerau cosine kmeans quickselect deduplicate dedupe dedup
        iterative iterativ itérative iterativa iterativo итеративно sha256 md5 base64 uuid checksum
    """,
    "file": """
        file files filename filenames directory directories folder folders path paths subdirectory
        symlink line lines output input stdin stdout csv txt log logs pdf zip tar gzip archive
        process processes pid permission permissions user host remote disk mount
    """,
    "make": """
        write create implement build generate make develop code program design add give show
        scrivi escribe escreva écris schreib schreibe napisz napiši skriv schrijf yaz viết tulis
        crea haz faça crée erstelle stwórz maak buat gimme need want wrap define
        напиши написать создай сделай реализуй اكتب लिखो
    """,
    "fix": """
        fix debug refactor optimize optimise convert translate complete review rewrite port correct
        repair improve speed simplify annotate comment document corrige korrigiere poprawić исправь
        behebe corregge arregla
    """,
    "operate": """
        find print list count sort remove replace search delete display copy move rename append
        prepend split merge concatenate join filter reverse extract check get set return compute
        calculate convert parse insert update select iterate read load save download upload dump
        recursively change archive compress sync connect run execute kill set unset call pass
    """,
    "concept": """
        what's whats what why who when where which difference differences explain compare versus vs
        better best should recommend recommendation alternative alternatives learn learning career
        careers history benefits advantages disadvantages pros cons worth opinion think future
        meaning mean means define definition describe summarize summarise summary overview famous
        invented salary salaries interview job jobs resume cv degree course courses book books
        tool tools software company companies policy strategy
    """,
    "howto": "how como cómo comment wie jak как hoe kako nas\u0131l bagaimana come",
    "creative": """
        poem poems haiku story stories essay essays movie film films song songs lyrics email letter
        recipe recipes blog screenplay play novel speech joke jokes tweet slogan caption scene
        character characters dialogue article paragraph headline advert advertisement toast
        poema cuento gedicht poème wiersz poesia стихотворение сочинение сказка
    """,
    "failure": """
        error errors exception exceptions traceback segfault undefined crash crashes crashing
        fails failing failed throws thrown warning nullpointerexception typeerror keyerror
        indexerror valueerror syntaxerror attributeerror importerror modulenotfounderror
        segmentation undeclared unresolved deprecated ошибка erreur fehler
    """,
    "role": "act pretend roleplay persona imagine interviewer character guide coach",
    "people": """
        programmer programmers developer developers engineer engineers boss team manager colleague
        friend mother father wife husband kids children student teacher customer grandmother
    """,
    "sum": """
        dollars cents miles hours minutes apples pounds total each cost costs price percent many
        equation solve probability triangle integral derivative theorem prove km kg
    """,
    "desktop": """
        ubuntu windows mac gmail google facebook twitter youtube firefox chrome printer scanner wifi
        laptop monitor bluetooth driver drivers install installed uninstall account password
        keyboard mouse screen desktop battery trello dropbox skype outlook spotify netflix calendar
        inbox label labels contacts photo photos alexa phone
    """,
    "thanks": "thanks thank thx ty gracias merci danke bye great cool perfect awesome nice",
    "refer": "it this that these those them its same again instead also now one shorter longer",
}  # fmt: skip

_STEMS = {
    "codenoun": """
        funktion funkti funci fonction funzion funcao funkcj funkci функци скрипт программ код
        алгоритм цикл массив строк schleife boucle bucle tableau programa programma
        algorithm hàm fonksiyon fungsi 函数 函數 代码 代碼 程式 编程 程序 脚本 算法 数组 循环 爬虫
        变量 编译 网页 数据库 関数 コード プログラム スクリプト 配列 함수 코드 스크립트 리스트 정렬
        دالة برنامج كود फंक्शन प्रोग्राम कोड συνάρτηση פונקציה ฟังก์ชัน โค้ด requête consulta sorgu
    """,
    "algo": """
        二分查找 二分搜索 快速排序 冒泡排序 归并排序 插入排序 堆排序 排序算法 链表 二叉树
        斐波那契 哈希 去重 正则 递归 动态规划 回文 素数 质数 二分探索
        クイックソート バブルソート 再帰 連結リスト 正規表現 フィボナッチ
        이진탐색 퀵정렬 버블정렬 재귀 연결리스트 정규식 피보나치 소수
    """,
    "make": """
        编写 写一个 实现 生成 書いて 作って 작성 만들 écri escrib schreib напи implementier
        implementa implémente programmiere zaimplement stwórz entwick desarroll développ
    """,
    "fix": "修复 修改 改写 优化 调试 报错 直して 수정 korrig refactor optimi débog depur",
    "concept": """
        什么是 为什么 区别 解释 介绍 推荐 とは 違い 무엇 차이 warum perché pourquoi qué welche
        unterschied différence diferencia объясни почему zasadnicz explica erklär
    """,
    "howto": "如何 怎么 怎样 どうやって 어떻게",
    "creative": """
        作文 文章 故事 诗 小说 邮件 文案 新闻 标题 広告 物語 에세이 편지 gedicht стих poem
    """,
    "failure": "错误 异常 エラー 오류 에러 ошибк fehler erreur",
}


def _split(groups: dict[str, str]) -> dict[str, frozenset[str]]:
    return {kind: frozenset(text.split()) for kind, text in groups.items()}


_BY_WORD = _split(_WORDS)
_BY_STEM = {kind: tuple(sorted(stems)) for kind, stems in _split(_STEMS).items()}
KINDS = tuple(sorted({"lang", *_BY_WORD}))


@lru_cache(maxsize=16384)
def kinds_of(token: str) -> tuple[str, ...]:
    """The kinds of one casefolded token, sorted; empty for most."""
    found = {kind for kind, words in _BY_WORD.items() if token in words}
    found.update(kind for kind, stems in _BY_STEM.items() if _has_stem(token, stems))
    if token in LANGUAGES:
        found.add("lang")
    return tuple(sorted(found))


def _has_stem(token: str, stems: tuple[str, ...]) -> bool:
    if token.isascii():
        return token.startswith(stems)
    return any(stem in token for stem in stems)
