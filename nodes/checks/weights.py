"""How much each finding says: the probability that an answer with it, and nothing else, fails.

Findings are combined by noisy-or, 1 - prod(1 - weight), so several small doubts add up. A weight
of `nodes.context.BROKEN_FROM` or more condemns alone: only what passing answers hardly ever show
has one.
"""

from __future__ import annotations

EMPTY = 0.99
EMPTY_BLOCK = 0.95
TOO_SHORT = 0.6
REFUSAL = 0.95
ERROR_TEXT = 0.95
ERROR_MARKER = 0.6
CONTROL_SEQUENCES = 0.8
REPETITION = 0.9

# Nothing that could be code, where the request says to write some, and where it may want words.
NO_CODE_ASKED_FOR = 0.75
NO_CODE = 0.2
# Code that stands without a fence: alone it can be used as it is, between prose it must be cut out.
BARE_CODE = 0.15
BARE_CODE_IN_PROSE = 0.35

# Cut off inside the code, or somewhere after code that is complete.
CUT_IN_CODE = 0.9
CUT_AFTER_CODE = 0.35
CUT_WITHOUT_CODE = 0.85

STUB = 0.95
PLACEHOLDER_COMMENT = 0.3

# Python's own parser is the language; grammars approximate theirs, and the shell's often errs.
PYTHON_SYNTAX = 0.9
JSON_SYNTAX = 0.6
GRAMMAR_SYNTAX = 0.55
SHELL_SYNTAX = 0.15
# The language is a guess from the request: the block may be a command or a folder's tree.
UNLABELLED_SYNTAX = 0.15

WRONG_FUNCTION = 0.85
WRONG_LANGUAGE = 0.8

MISSING_IMPORT = 0.9
# Only annotations need it, and the file in which the code will stand often has it.
MISSING_TYPING = 0.3
UNDEFINED_NAME = 0.8
LOAD_ERROR = 0.9
# What the answer shows off with fails: inside its own function, or in a demo that may be sloppy.
OWN_CODE_FAILS = 0.75
OWN_DEMO_FAILS = 0.35
