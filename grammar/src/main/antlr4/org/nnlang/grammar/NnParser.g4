/// The grammar of the language: one token of look-ahead decides everywhere.
///
/// It reads tokens that are laid out already: `NL` is a newline that ends a statement, brackets match, `LAMBDA` is the
/// `{` of a lambda, and `PARAM`, `STATE`, `SLOT`, `STEP`, `VALIDATE`, `TRAINING` are keywords in their place.
parser grammar NnParser;
options { tokenVocab = NnLexer; }

file        : (item (separator item)*)? EOF;
separator   : NL | SEMI;
item        : importItem | declaration;
importItem  : IMPORT (path | string) (AS name)?;
path        : name (DOT member)*;

declaration : annotation* PRIVATE? (function | layer | optimizer | train | test | constant);
annotation  : AT name (LPAREN arguments? RPAREN)? NL?;
function    : FUN name parameters parameters? result? definition;
layer       : (LAYER | MODEL) name parameters parameters result? definition;
optimizer   : OPTIMIZER name parameters parameters block;
train       : TRAIN name parameters? block;
test        : TEST string block;
constant    : VAL name (COLON type)? ASSIGN expression;

definition  : ASSIGN expression | block;
parameters  : LPAREN (parameter (COMMA parameter)*)? RPAREN;
parameter   : name (COLON type)? (ASSIGN expression)?;
result      : ARROW type;

type        : name typeArguments? shape?
            | LPAREN typeItem (COMMA typeItem)* RPAREN;
typeArguments : LT type (COMMA type)* GT;
typeItem    : type (COLON type)?;                             // the first one is a name if there are two
shape       : LBRACK (dimension (COMMA dimension)*)? RBRACK;
dimension   : ELLIPSIS name? | expression;

block       : LBRACE body RBRACE;
body        : (statement (separator statement)*)?;
statement   : VAL pattern (COLON type)? ASSIGN expression                                     # val
            | VAR pattern (COLON type)? ASSIGN expression                                     # var
            | PARAM name COLON type (TILDE expression)?                                       # param
            | STATE name COLON type ASSIGN expression                                         # state
            | SLOT name (COLON type)? ASSIGN expression                                       # slot
            | FOR forHead block                                                               # for
            | REQUIRE expression COLON expression                                             # require
            | ASSERT expression (COLON expression)?                                           # assert
            | YIELD expression                                                                # yield
            | MINIMIZE expression (OVER expression (COMMA expression)*)? WITH expression (CLIP expression)? (EVERY expression)?  # minimize
            | REPORT expression (ASSIGN expression)?                                          # report
            | (STEP | VALIDATE | TEST) head? block                                            # loop
            | TRAINING block                                                                  # training
            | function                                                                        # localFunction
            | expression ((ASSIGN | BECOMES) expression)?                                     # simple
            ;
forHead     : name IN expression
            | LPAREN pattern (IN expression RPAREN | (COMMA pattern)* RPAREN IN expression);
head        : pattern IN expression;
pattern     : name | LPAREN pattern (COMMA pattern)* RPAREN;

expression  : disjunction (PIPE disjunction)*;
disjunction : conjunction (OR conjunction)*;
conjunction : equality (AND equality)*;
equality    : comparison ((EQ | NE) comparison)*;
comparison  : range ((LT | LE | GT | GE) range)*;
range       : sum ((UNTIL | TO) sum)?;
sum         : product ((PLUS | MINUS) product)*;
product     : unary ((STAR | SLASH | PERCENT | AT) unary)*;
unary       : (MINUS | NOT) unary | power;
power       : postfix (CARET unary)?;
postfix     : primary suffix*;
suffix      : DOT member                                                                      # select
            | LPAREN arguments? RPAREN                                                        # call
            | LBRACK index (COMMA index)* RBRACK                                              # slice
            | lambda                                                                          # trailing
            ;
primary     : INT                                                                             # int
            | FLOAT                                                                           # float
            | (TRUE | FALSE)                                                                  # bool
            | string                                                                          # text
            | name                                                                            # variable
            | LPAREN expression (COMMA expression)* RPAREN                                    # group
            | LBRACK (expression (COMMA expression)*)? RBRACK                                 # list
            | lambda                                                                          # anonymous
            | ifElse                                                                          # choice
            | SCAN scanHead block                                                             # scan
            ;
scanHead    : pattern IN expression ALONG expression name?;       // `reversed`
ifElse      : IF condition block (ELSE (block | ifElse))?;
condition   : expression;
lambda      : LAMBDA (pattern (COMMA pattern)*)? ARROW body RBRACE;
arguments   : argument (COMMA argument)*;
argument    : expression (ASSIGN expression)?;                // the first one is a name if there are two
index       : ELLIPSIS
            | expression (COLON expression? (COLON expression?)?)?
            | COLON expression? (COLON expression?)?;
string      : QUOTE stringPart* STR_END;
stringPart  : STR_TEXT | STR_ESCAPE | STR_NAME | STR_OPEN expression RBRACE;

member      : name | FUN | VAL | VAR | IF | ELSE | FOR | TRUE | FALSE | SCAN | YIELD | REQUIRE | ASSERT | REPORT | MINIMIZE | IMPORT;
name        : ID | LAYER | MODEL | OPTIMIZER | TRAIN | TEST | PRIVATE | IN | ALONG | WITH | OVER | AS | CLIP | EVERY;
