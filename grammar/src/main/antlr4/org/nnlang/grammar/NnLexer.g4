/// The words of the language. Whether a newline ends a statement, which `{` opens a lambda, and where `param`, `state`,
/// `slot`, `step`, `validate` and `training` are keywords depends on the tokens around them and is decided after
/// lexing, by the compiler's `syntax` package; what is lexed here is the same in every place.
lexer grammar NnLexer;
options { superClass = NnLexerBase; }
channels { DOCS, COMMENTS }
tokens { LAMBDA }                       // the `{` of a lambda

DOC      : '///' ~[\r\n]* -> channel(DOCS);
COMMENT  : '//' ~[\r\n]*  -> channel(COMMENTS);
WS       : [ \t\f\u00A0\uFEFF]+ -> skip;
NL       : ('\r'? '\n' | '\r') {endStrings();};

// reserved words
FUN:'fun'; VAL:'val'; VAR:'var'; IF:'if'; ELSE:'else'; FOR:'for'; TRUE:'true'; FALSE:'false';
SCAN:'scan'; YIELD:'yield'; REQUIRE:'require'; ASSERT:'assert'; REPORT:'report'; MINIMIZE:'minimize'; IMPORT:'import';
// words that are keywords only in their place
LAYER:'layer'; MODEL:'model'; OPTIMIZER:'optimizer'; TRAIN:'train'; TEST:'test'; PRIVATE:'private';
PARAM:'param'; STATE:'state'; SLOT:'slot'; STEP:'step'; VALIDATE:'validate'; TRAINING:'training';
IN:'in'; ALONG:'along'; WITH:'with'; OVER:'over'; AS:'as'; CLIP:'clip'; EVERY:'every';

LPAREN:'('; RPAREN:')'; LBRACK:'['; RBRACK:']';
LBRACE:'{' -> pushMode(DEFAULT_MODE);
RBRACE:'}' {closeBrace();};
ELLIPSIS:'...'; UNTIL:'..<'; TO:'..'; DOT:'.'; COMMA:','; SEMI:';';
PIPE:'|>'; ARROW:'->'; BECOMES:':='; COLON:':'; TILDE:'~';
EQ:'=='; NE:'!='; LE:'<='; GE:'>='; LT:'<'; GT:'>'; ASSIGN:'='; AND:'&&'; OR:'||'; NOT:'!';
PLUS:'+'; MINUS:'-'; STAR:'*'; SLASH:'/'; PERCENT:'%'; AT:'@'; CARET:'^';

FLOAT : DIGITS '.' DIGITS EXPONENT? | DIGITS EXPONENT;
INT   : DIGITS;
fragment DIGITS   : [0-9] ([0-9_]* [0-9])?;
fragment EXPONENT : [eE] [+-]? [0-9]+;

ID    : LETTER (LETTER | [\p{Nd}\u2080-\u2089])*;       // subscript digits: β₁ is a name
fragment LETTER : [\p{L}_];

QUOTE : '"' -> pushMode(STR);

// what other languages write: known by name so that it can be explained, and mended
MALFORMED_NUMBER : [0-9] [0-9\p{L}_]* ('.' [0-9] [0-9\p{L}_]*)?;
STARS            : '**';
FAT_ARROW        : '=>';
STRICT_EQ        : '===';
STRICT_NE        : '!==';
INCREMENT        : '++';
COMPOUND         : [-+*/%^@] '=';
SWAPPED_BECOMES  : '=:';
HASH_COMMENT     : '#' ~[\r\n]*;
BLOCK_COMMENT    : '/*' .*? ('*/' | EOF);
SINGLE_QUOTED    : '\'' ~['\r\n]* '\'';
CURLED           : [\u201C\u201D\u201E] ~["\u201C\u201D\r\n]* [\u201C\u201D"] | [\u2018\u2019] ~['\u2018\u2019\r\n]* [\u2018\u2019'];
TRIPLE_QUOTED    : '"""' .*? '"""';
BAD              : . ;

mode STR;
STR_END    : '"' -> popMode;
STR_OPEN   : '${' -> pushMode(DEFAULT_MODE);
STR_NAME   : '$' [\p{L}_] ([\p{L}\p{Nd}_\u2080-\u2089])*;
STR_ESCAPE : '\\' ('u' HEX HEX HEX HEX | [nrt"\\$]);
STR_TEXT   : ~["\\$\r\n]+ | '$';
STR_NL     : ('\r'? '\n' | '\r') {endStrings();};      // the string has no end
STR_BAD    : '\\' ~[\r\n]? ;
fragment HEX : [0-9a-fA-F];
