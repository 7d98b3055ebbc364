package org.nnlang.compiler.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.IntervalSet;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Edit;
import org.nnlang.compiler.diagnostic.Fix;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.source.Span;
import org.nnlang.grammar.NnLexer;
import org.nnlang.grammar.NnParser;
import org.nnlang.grammar.NnParser.FileContext;
import org.nnlang.grammar.NnParser.LayerContext;

/// Says in the reader's terms what is wrong at a token that the grammar does not allow where it stands. The questions are
/// asked in order, from the particular mistake to the general one; the first that fits answers.
final class ParseErrors {
    private static final Map<String, String> OTHER_STATEMENTS = Map.of(
            "while", "a loop is a `for` over a range that is known when compiling, or a `scan` over a dimension",
            "loop", "a loop is a `for` over a range that is known when compiling, or a `scan` over a dimension",
            "switch", "a choice is written `if a { … } else if b { … } else { … }`",
            "match", "a choice is written `if a { … } else if b { … } else { … }`",
            "when", "a choice is written `if a { … } else if b { … } else { … }`",
            "try", "there are no exceptions; what must hold is said by `require condition : \"message\"`",
            "throw", "there are no exceptions; what must hold is said by `require condition : \"message\"`",
            "raise", "there are no exceptions; what must hold is said by `require condition : \"message\"`",
            "lambda", "a lambda is written `{ x -> … }`",
            "from", "an import is written `import std.layers.Dense`");

    private final TokenSequence tokens;
    private final SyntaxErrors errors;

    /// After an `if` without a body, its `else` is no mistake of its own.
    private boolean elseIsExplained;

    ParseErrors(TokenSequence tokens, SyntaxErrors errors) {
        this.tokens = tokens;
        this.errors = errors;
    }

    /// Reports the token at index `bad`, met while parsing `context`, where only `expected` could stand.
    void report(ParserRuleContext context, int bad, IntervalSet expected) {
        StuckPlace place = new StuckPlace(tokens, errors.file(), context, bad, expected);
        boolean follows = elseIsExplained && tokens.type(bad) == NnLexer.ELSE;
        elseIsExplained = false;
        if (follows) {
            return;
        }
        int start = Tokens.start(tokens.get(place.start()));
        int end = Tokens.start(tokens.get(Math.max(bad, tokens.endOfHead(place.start()))));
        if (!errors.isDoubtful(start, end)) {
            errors.add(explain(place));
        }
    }

    private Diagnostic explain(StuckPlace p) {
        Diagnostic found = otherLanguage(p);
        found = found == null ? assignment(p) : found;
        found = found == null ? line(p) : found;
        found = found == null ? header(p) : found;
        found = found == null ? missingPart(p) : found;
        found = found == null ? juxtaposed(p) : found;
        return found == null ? unexpected(p) : found;
    }

    private @Nullable Diagnostic otherLanguage(StuckPlace p) {
        Token first = tokens.get(p.start());
        String help = first.getType() == NnLexer.ID ? OTHER_STATEMENTS.get(first.getText()) : null;
        if (help != null && errors.file().line(Tokens.start(first)) == errors.file().line(Tokens.start(p.bad))) {
            return error(Code.OTHER_LANGUAGE, first, "there is no `" + first.getText() + "`").help(help);
        }
        if (p.before.getText().equals("lambda") && Tokens.isName(p.type())) {
            return error(Code.OTHER_LANGUAGE, p.before, "there is no `lambda`")
                    .help("a lambda is written `{ x -> … }`");
        }
        if (p.type() == NnLexer.IF && Tokens.endsExpression(p.typeBefore()) && p.sameLine()) {
            return error(Code.OTHER_LANGUAGE, p.bad, "a choice begins with its `if`")
                    .help("write `if condition { a } else { b }`");
        }
        if (p.type() == NnLexer.FOR && p.bracket() != NnLexer.LBRACE && Tokens.endsExpression(p.typeBefore())) {
            return error(Code.OTHER_LANGUAGE, p.bad, "there are no list comprehensions")
                    .help("write out the list, or collect values in a `var` with a `for`");
        }
        if (p.type() == NnLexer.COLON
                && (p.expects(NnLexer.LBRACE) || p.isIn(NnParser.RULE_definition) && p.expects(NnLexer.ASSIGN))) {
            elseIsExplained = true;
            return error(Code.MISSING_BODY, p.bad, "a body stands in braces, not behind `:`").help("write `{ … }`");
        }
        if (p.type() == NnLexer.ARROW && Tokens.endsExpression(p.typeBefore())
                && p.context.getRuleIndex() != NnParser.RULE_definition
                && !p.expects(NnLexer.LBRACE) && p.context.getRuleIndex() != NnParser.RULE_parameters) {
            return error(Code.MISSING_ARROW, p.bad, "a lambda stands in braces").help("write `{ x -> … }`");
        }
        return null;
    }

    private @Nullable Diagnostic assignment(StuckPlace p) {
        int first = tokens.type(p.start());
        return switch (p.type()) {
            case NnLexer.ASSIGN -> {
                boolean condition = first == NnLexer.REQUIRE || first == NnLexer.ASSERT
                        || p.context.getRuleIndex() == NnParser.RULE_block
                                && p.parent() instanceof NnParser.IfElseContext
                        || p.isIn(NnParser.RULE_condition);
                if (condition) {
                    yield error(Code.ASSIGNMENT_AS_CONDITION, p.bad, "`=` assigns; it does not compare")
                            .help(Help.write(span(p.bad), "=="));
                }
                if (first == NnLexer.PARAM && p.unit().getRuleIndex() == NnParser.RULE_statement
                        && p.bracket() != NnLexer.LPAREN) {
                    yield error(Code.WRONG_ASSIGNMENT, p.bad, "a parameter has no value but an initializer")
                            .help(new Help("write `~` and an initializer, for example `~ zeros()`",
                                    p.typeBefore() == NnLexer.COLON
                                            ? List.of()
                                            : List.of(Fix.write(span(p.bad), "~"))));
                }
                if (Tokens.endsExpression(p.typeBefore()) && (first == NnLexer.VAL || first == NnLexer.VAR
                        || p.unit() instanceof NnParser.SimpleContext || p.unit() instanceof NnParser.ReportContext)) {
                    yield error(Code.WRONG_ASSIGNMENT, p.bad, "a second `=` in one statement")
                            .help(Help.write("assignments have no value; a comparison is", span(p.bad), "==", ""));
                }
                yield null;
            }
            case NnLexer.BECOMES -> {
                boolean argument = p.bracket() == NnLexer.LPAREN;
                if (p.expects(NnLexer.ASSIGN) || p.unit() instanceof NnParser.ParamContext || argument) {
                    String right = first == NnLexer.PARAM && !argument ? "~" : "=";
                    String what = argument
                            ? "an argument or a default is given by `=`"
                            : "`:=` updates what is declared already; a declaration has `" + right + "`";
                    Help help = Help.write(span(p.bad), right);
                    boolean named = Tokens.isName(p.typeBefore())
                            && (Tokens.isOpener(tokens.type(p.at - 2)) || tokens.type(p.at - 2) == NnLexer.COMMA);
                    yield error(Code.WRONG_ASSIGNMENT, p.bad, what)
                            .help(argument && !named ? Help.of(help.text()) : help);
                }
                yield null;
            }
            case NnLexer.TILDE -> p.expects(NnLexer.ASSIGN)
                    ? error(Code.WRONG_ASSIGNMENT, p.bad, "only a `param` has an initializer behind `~`")
                            .help(Help.write(span(p.bad), "="))
                    : null;
            case NnLexer.COLON -> {
                if (p.unit() instanceof NnParser.SimpleContext simple && simple.getStart() == p.before
                        && Tokens.isName(p.typeBefore())) {
                    String name = p.before.getText();
                    yield error(Code.UNEXPECTED, p.before, "`" + name + "` is declared without a keyword")
                            .help("write `val " + name + ": …`, or `var`, `param` or `state`")
                            .fix(Fix.write(span(p.before), "val " + name))
                            .fix(Fix.write(span(p.before), "var " + name));
                }
                if (p.isIn(NnParser.RULE_lambda) && p.expects(NnLexer.ARROW)) {
                    yield error(Code.UNEXPECTED, p.bad, "a lambda's parameter has no type")
                            .help("write its name alone");
                }
                if (p.context instanceof NnParser.CallContext && p.bracket() == NnLexer.LPAREN) {
                    yield error(Code.WRONG_ASSIGNMENT, p.bad, "a named argument is given by `=`")
                            .help(Help.write(span(p.bad), apart(p, "=")));
                }
                yield null;
            }
            default -> null;
        };
    }

    /// What begins a line and must not.
    private @Nullable Diagnostic line(StuckPlace p) {
        boolean top = p.context instanceof FileContext || p.context.getRuleIndex() == NnParser.RULE_item;
        if (p.startsLine() && Tokens.isBinary(p.type()) && !top) {
            String operator = p.bad.getText();
            Diagnostic diagnostic = error(
                    Code.LINE_STARTS_WITH_OPERATOR, p.bad, "a line cannot begin with `" + operator + "`");
            return diagnostic.help("end the line above with `" + operator + "`, then the expression goes on here")
                    .fix(new Fix("end the line above with `" + operator + "`", List.of(
                            new Edit(span(lastAbove(p)).after(), " " + operator),
                            new Edit(Fix.withBlanks(span(p.bad)), ""))));
        }
        if (p.type() == NnLexer.COMMA && tokens.type(p.start()) == NnLexer.IMPORT) {
            Diagnostic diagnostic = error(Code.UNEXPECTED, p.bad, "an `import` brings in one thing")
                    .help("write an `import` for each");
            List<Edit> edits = new ArrayList<>();
            for (int at = p.at; tokens.type(at) != NnLexer.NL && tokens.type(at) != Token.EOF; at++) {
                if (tokens.type(at) == NnLexer.COMMA) {
                    edits.add(new Edit(Fix.withBlanks(span(tokens.get(at))), "\nimport "));
                }
            }
            return diagnostic.fix(new Fix("write an `import` for each", edits));
        }
        if (p.type() == NnLexer.IMPORT && p.typeBefore() == NnLexer.PRIVATE) {
            return error(Code.UNEXPECTED, p.before, "an `import` is always private")
                    .help("leave `private` out")
                    .fix(Fix.leaveOut(span(p.before)));
        }
        if (p.type() == NnLexer.ELSE) {
            return error(Code.UNEXPECTED, p.bad, "this `else` belongs to no `if`")
                    .help("write `if condition { … } else { … }`");
        }
        if (p.type() == NnLexer.IMPORT && !top) {
            return error(Code.MISPLACED_DECLARATION, p.bad, "an `import` stands at the top of a file");
        }
        if (!top && Tokens.isName(p.type()) && p.sameLine()) {
            String word = p.before.getText();
            switch (p.typeBefore()) {
                case NnLexer.LAYER, NnLexer.MODEL, NnLexer.OPTIMIZER, NnLexer.TRAIN, NnLexer.PRIVATE -> {
                    return error(Code.MISPLACED_DECLARATION, p.before, "`" + word + "` stands at the top of a file")
                            .help("move it out of this body");
                }
                default -> {}
            }
        }
        if (!top && p.typeBefore() == NnLexer.TEST && p.type() == NnLexer.QUOTE) {
            return error(Code.MISPLACED_DECLARATION, p.before, "`test` stands at the top of a file")
                    .help("move it out of this body");
        }
        boolean atTop = p.context.getRuleIndex() == NnParser.RULE_item || p.context instanceof FileContext;
        if (atTop && p.type() == NnLexer.FOR || atTop && p.startsLine()) {
            return atTopOfFile(p);
        }
        if (p.context.getRuleIndex() == NnParser.RULE_declaration) {
            return afterPrevious(Code.UNEXPECTED, p, "a declaration is missing after " + Tokens.describe(p.before))
                    .help("`fun`, `layer`, `model`, `optimizer`, `train`, `test` or `val` goes on from here");
        }
        return null;
    }

    private Diagnostic atTopOfFile(StuckPlace p) {
        String word = p.bad.getText();
        Diagnostic diagnostic;
        if (Tokens.isWord(p.type()) || Tokens.beginsExpression(p.type())) {
            boolean block = tokens.findInStatement(p.at, NnLexer.LBRACE, NnLexer.LAMBDA) >= 0 && p.type() == NnLexer.ID;
            diagnostic = error(
                    block ? Code.UNEXPECTED : Code.MISPLACED_STATEMENT,
                    p.bad,
                    block
                            ? Tokens.describe(p.bad) + " begins no declaration"
                            : "a statement stands outside of every declaration");
        } else {
            diagnostic = error(Code.UNEXPECTED, p.bad, Tokens.describe(p.bad) + " begins no declaration");
        }
        boolean parameter = word.equals("param") || word.equals("state");
        return diagnostic.help(parameter
                ? "a `" + word + "` stands in the body of a `layer` or `model`"
                : "a file holds `fun`, `layer`, `model`, `optimizer`, `train`, `test`, `val` and `import`");
    }

    /// What a declaration or statement needs between its keyword and its body.
    private @Nullable Diagnostic header(StuckPlace p) {
        boolean onlyName = p.expects(NnLexer.ID) && !p.expectsValue();
        if (onlyName && Tokens.isReserved(p.type()) && p.sameLine()) {
            return error(Code.RESERVED_WORD, p.bad, "`" + p.bad.getText() + "` is a reserved word and cannot be a name")
                    .help("choose another name, for example `" + p.bad.getText() + "_`");
        }
        if (p.context.getRuleIndex() == NnParser.RULE_type) {
            return afterPrevious(Code.MISSING_TYPE, p, "a type is missing after " + Tokens.describe(p.before))
                    .help("for example `f32[b, n]`, or `Int` for a hyper-parameter");
        }
        if (p.context instanceof NnParser.ParamContext || p.context instanceof NnParser.StateContext) {
            if (p.expects(NnLexer.COLON)) {
                String keyword = tokens.get(p.start()).getText();
                String name = p.before.getText();
                return afterPrevious(Code.MISSING_TYPE, p, "`" + keyword + " " + name + "` has no type")
                        .help("write its dtype and shape: `" + keyword + " " + name + ": f32[n]`");
            }
            if (p.context instanceof NnParser.StateContext && p.expects(NnLexer.ASSIGN) && !Tokens.isWord(p.type())) {
                return afterPrevious(Code.MISSING_EXPRESSION, p, "this state has no first value")
                        .help("write `= 0`, for example");
            }
        }
        if (p.context.getRuleIndex() == NnParser.RULE_parameters && Tokens.isName(p.typeBefore())
                && Tokens.isName(p.type())) {
            return error(Code.MISSING_TYPE, p.before, "the parameter `" + p.before.getText() + "` has no type")
                    .help("a type stands behind `:`, as in `" + p.before.getText() + ": " + p.bad.getText() + "`")
                    .fix(Fix.add(span(p.before), ":"));
        }
        if (onlyName && p.type() == NnLexer.LPAREN && p.isIn(NnParser.RULE_parameters)) {
            return error(Code.MISSING_NAME, p.bad, "a parameter has one name, and no pattern")
                    .help("name the tuple, and take it apart in the body: `val (h, c) = pair`");
        }
        if (onlyName) {
            return afterPrevious(Code.MISSING_NAME, p, "a name is missing after " + Tokens.describe(p.before));
        }
        if (p.context.getRuleIndex() == NnParser.RULE_parameters && p.expects(NnLexer.LPAREN)
                && !p.expects(NnLexer.ID)) {
            return missingParameters(p);
        }
        if (p.expects(NnLexer.LBRACE) && (p.context.getRuleIndex() == NnParser.RULE_definition
                || p.context.getRuleIndex() == NnParser.RULE_block
                || p.context.getRuleIndex() == NnParser.RULE_ifElse)) {
            return missingBody(p);
        }
        if (p.expects(NnLexer.IN) && p.expected.size() <= 4) {
            return missingIn(p);
        }
        if (p.context instanceof NnParser.MinimizeContext && p.expects(NnLexer.WITH)) {
            int next = p.type() == NnLexer.COMMA ? tokens.type(p.at + 1) : NnLexer.EOF;
            if (next == NnLexer.WITH || next == NnLexer.OVER) {
                return error(Code.UNEXPECTED, p.bad, "no comma stands before " + Tokens.describe(tokens.get(p.at + 1)))
                        .help("leave it out: `minimize loss with Adam(1e-3)`")
                        .fix(Fix.leaveOut(span(p.bad)));
            }
            if (p.type() == NnLexer.ASSIGN && Tokens.isName(p.typeBefore())) {
                return error(Code.UNEXPECTED, p.bad, "a `minimize` gives its loss no name")
                        .help("a loss that is bound is reported under that name: `val " + p.before.getText()
                                + " = …`, then `minimize " + p.before.getText() + " with Adam(1e-3)`");
            }
            return afterPrevious(Code.UNEXPECTED, p, "this `minimize` has no optimizer")
                    .help("write `minimize loss with Adam(1e-3)`");
        }
        if (p.context instanceof NnParser.RequireContext && p.expects(NnLexer.COLON)) {
            return afterPrevious(Code.UNEXPECTED, p, "this `require` has no message")
                    .help("say what must hold: `require condition : \"message\"`");
        }
        if (p.context.getRuleIndex() == NnParser.RULE_scanHead && p.expects(NnLexer.ALONG)) {
            return afterPrevious(Code.UNEXPECTED, p, "this `scan` has no dimension to go along")
                    .help("write `scan x in xs along t { … }`");
        }
        return null;
    }

    private Diagnostic missingIn(StuckPlace p) {
        Diagnostic diagnostic = afterPrevious(
                Code.UNEXPECTED, p, "`in` is missing after " + Tokens.describe(p.before))
                .help("write `" + tokens.get(p.start()).getText() + " … in … { … }`");
        if (!p.sameLine()) {
            return diagnostic;
        }
        if (p.type() == NnLexer.COLON || p.type() == NnLexer.ASSIGN || p.bad.getText().equals("of")) {
            return diagnostic.fix(Fix.write(span(p.bad), apart(p, "in")));
        }
        return Tokens.beginsExpression(p.type()) && Tokens.isName(p.typeBefore())
                ? diagnostic.fix(Fix.add(span(p.before), " in"))
                : diagnostic;
    }

    /// A word instead of the bad token, with a blank before it if there is none.
    private static String apart(StuckPlace p, String word) {
        return Tokens.end(p.before) == Tokens.start(p.bad) ? " " + word : word;
    }

    private Diagnostic missingParameters(StuckPlace p) {
        if (p.parent() instanceof LayerContext layer) {
            String keyword = layer.getStart().getText();
            boolean first = layer.parameters().size() <= 1;
            return afterPrevious(
                    Code.MISSING_PARAMETERS,
                    p,
                    first
                            ? "this `" + keyword + "` has no parameters"
                            : "this `" + keyword + "` has only one parameter list")
                    .help("it has two, hyper-parameters and inputs: `" + keyword + " " + layer.name().getText()
                            + "(units: Int)(x: f32[b, n])`; the first may be empty, `()`");
        }
        if (p.parent() instanceof NnParser.OptimizerContext optimizer) {
            return afterPrevious(Code.MISSING_PARAMETERS, p, "this `optimizer` has only one parameter list")
                    .help("write `optimizer " + optimizer.name().getText() + "(lr: Schedule = 1e-3)(p, g)`");
        }
        return afterPrevious(Code.MISSING_PARAMETERS, p,
                "a parameter list is missing after " + Tokens.describe(p.before))
                .help("write `()` if there are no parameters")
                .fix(Fix.add(span(p.before), "()"));
    }

    private Diagnostic missingBody(StuckPlace p) {
        elseIsExplained = p.isIn(NnParser.RULE_ifElse) || p.parent() instanceof NnParser.IfElseContext;
        RuleContext owner = p.context;
        while (owner != null
                && (owner.getRuleIndex() == NnParser.RULE_block || owner.getRuleIndex() == NnParser.RULE_definition)) {
            owner = owner.getParent();
        }
        String what = owner instanceof ParserRuleContext context ? "`" + context.getStart().getText() + "`" : "it";
        if (p.typeBefore() == NnLexer.ELSE) {
            what = "`else`";
        }
        boolean or = p.expects(NnLexer.ASSIGN);
        if (p.sameLine() && p.type() != NnLexer.NL && p.type() != Token.EOF && !Tokens.isCloser(p.type())) {
            return error(Code.MISSING_BODY, p.bad,
                    "the body of this " + what + " should begin here, not " + Tokens.describe(p.bad))
                    .help("a body stands in braces" + (or ? ", or is an expression behind `=`" : ""));
        }
        String comment = errors.file().lineText(errors.file().line(Tokens.start(p.before)))
                .substring(Tokens.end(p.before) - errors.file().lineStart(errors.file().line(Tokens.start(p.before))))
                .strip();
        if (comment.startsWith("//") && comment.contains("{")) {
            return afterPrevious(Code.MISSING_BODY, p, "this " + what + " has no body")
                    .help("`//` begins a comment, which holds the `{`: a whole quotient is `floor_divide(a, b)`");
        }
        return afterPrevious(Code.MISSING_BODY, p, "this " + what + " has no body")
                .help("a body stands in braces" + (or ? ", or is an expression behind `=`" : ""));
    }

    /// A value or a closing part that is not there.
    private @Nullable Diagnostic missingPart(StuckPlace p) {
        if (p.type() == NnLexer.LBRACE && (p.expectsValue() || Tokens.endsExpression(p.typeBefore()))) {
            return error(Code.MISSING_ARROW, p.bad, "a lambda has an arrow between its parameters and its body")
                    .help("write `{ x -> … }`, or `{ -> … }` without parameters");
        }
        if (p.type() == NnLexer.COMMA && (Tokens.isOpener(p.typeBefore()) || p.typeBefore() == NnLexer.COMMA)) {
            return error(Code.MISSING_EXPRESSION, p.bad, "a value is missing before `,`");
        }
        if (p.expectsValue() && !p.startsLine() && p.typeBefore() != NnLexer.SEMI) {
            if (p.type() == NnLexer.DOT && tokens.type(p.at + 1) == NnLexer.INT) {
                return error(Code.MALFORMED_NUMBER, p.bad, "a number begins with a digit")
                        .help(Help.write(
                                span(p.bad).to(span(tokens.get(p.at + 1))),
                                "0." + tokens.get(p.at + 1).getText()));
            }
            if (p.type() == NnLexer.PLUS) {
                return error(Code.OTHER_OPERATOR, p.bad, "there is no sign `+`")
                        .help("leave it out")
                        .fix(Fix.leaveOut(span(p.bad)));
            }
            String after = Tokens.describe(p.before);
            if (p.typeBefore() == NnLexer.LPAREN && p.type() == NnLexer.RPAREN) {
                return error(Code.MISSING_EXPRESSION, p.bad, "there is nothing between these parentheses");
            }
            if (p.sameLine() && !Tokens.isCloser(p.type()) && p.type() != NnLexer.NL && p.type() != Token.EOF
                    && !Tokens.isReserved(p.type())) {
                return error(Code.MISSING_EXPRESSION, p.bad,
                        "a value is missing between " + after + " and " + Tokens.describe(p.bad));
            }
            if (p.type() == NnLexer.VAL && tokens.type(p.at + 1) == NnLexer.DOT) {
                return error(Code.UNEXPECTED, p.bad, "`val` begins a declaration, and is no name")
                        .help("what a `validate` reports is called `validate.accuracy`");
            }
            return afterPrevious(Code.MISSING_EXPRESSION, p, "a value is missing after " + after);
        }
        return null;
    }

    /// Two things side by side with nothing between them.
    private @Nullable Diagnostic juxtaposed(StuckPlace p) {
        boolean begins = Tokens.beginsExpression(p.type()) || Tokens.isReserved(p.type());
        if (!begins || !Tokens.endsExpression(p.typeBefore())) {
            return null;
        }
        String left = shown(p.before);
        String right = shown(p.bad);
        int bracket = p.bracket();
        if (bracket == NnLexer.LPAREN || bracket == NnLexer.LBRACK) {
            Diagnostic diagnostic = afterPrevious(Code.MISSING_COMMA, p,
                    "a `,` is missing between " + left + " and " + right);
            Fix comma = Fix.add(span(p.before), ",");
            boolean values = !p.isIn(NnParser.RULE_parameters) && !p.isIn(NnParser.RULE_pattern)
                    && !p.isIn(NnParser.RULE_forHead);
            return values
                    ? diagnostic.help(new Help(
                            "put a `,` between them, or an operator: a product is written with `*`",
                            List.of(comma, Fix.add(span(p.before), " *"))))
                    : diagnostic.fix(comma);
        }
        if (bracket == NnLexer.STR_OPEN) {
            return error(Code.UNEXPECTED, p.bad, "one expression stands in `${…}`, then `}`");
        }
        int start = p.start();
        boolean declaration = start == p.at - 1 && Tokens.isName(p.typeBefore()) && Tokens.isName(p.type())
                && (tokens.type(p.at + 1) == NnLexer.ASSIGN || tokens.type(p.at + 1) == NnLexer.COLON);
        if (declaration) {
            return error(Code.OTHER_LANGUAGE, p.before, left + " does not begin a declaration")
                    .help("write `val " + p.bad.getText() + " = …`, with its type behind the name if you like")
                    .fix(Fix.write(span(p.before), "val"));
        }
        boolean top = p.context instanceof FileContext;
        if (Tokens.isReserved(p.type()) || top && tokens.beginsItem(p.at)) {
            return error(Code.TWO_STATEMENTS, p.bad,
                    "two " + (top ? "declarations" : "statements") + " stand on one line")
                    .help("put " + right + " on a line of its own, or `;` before it")
                    .fix(new Fix("put " + right + " on a line of its own", List.of(onNextLine(p))))
                    .fix(Fix.add(span(p.before), ";"));
        }
        if (p.type() == NnLexer.WITH) {
            return error(Code.UNEXPECTED, p.bad, "an optimizer stands behind a `minimize` alone")
                    .help("write `minimize loss with Adam(1e-3)`");
        }
        return error(Code.MISSING_OPERATOR, p.bad, "nothing stands between " + left + " and " + right)
                .help(top
                        ? "put an operator between them"
                        : "put an operator between them, or " + right + " on a line of its own");
    }

    /// The last token on the lines above.
    private Token lastAbove(StuckPlace p) {
        int at = p.at - 1;
        while (at > 0 && tokens.type(at) == NnLexer.NL) {
            at--;
        }
        return tokens.get(at);
    }

    /// The token behind a line end that is indented like the line on which it stands.
    private Edit onNextLine(StuckPlace p) {
        String line = errors.file().lineText(span(p.bad).line());
        String indentation = line.substring(0, line.length() - line.stripLeading().length());
        int from = span(p.before).end();
        int to = span(p.bad).start();
        return new Edit(errors.file().span(from, to), "\n" + indentation);
    }

    private Diagnostic unexpected(StuckPlace p) {
        Diagnostic diagnostic = p.type() == NnLexer.NL || p.type() == Token.EOF
                ? afterPrevious(Code.UNEXPECTED, p, "something is missing after " + Tokens.describe(p.before))
                : error(Code.UNEXPECTED, p.bad, Tokens.describe(p.bad) + " cannot stand here");
        String wanted = wanted(p.expected);
        return wanted.isEmpty() ? diagnostic : diagnostic.help(wanted + " is expected");
    }

    /// What could stand there, if it is not much.
    private static String wanted(IntervalSet expected) {
        StringBuilder words = new StringBuilder();
        int count = 0;
        for (int type : expected.toList()) {
            boolean structural = switch (type) {
                case NnLexer.COMMA, NnLexer.RPAREN, NnLexer.RBRACK, NnLexer.ASSIGN, NnLexer.COLON -> true;
                case NnLexer.LBRACE, NnLexer.ARROW -> true;
                case NnLexer.IN, NnLexer.WITH, NnLexer.ALONG -> !expected.contains(NnLexer.ID);
                default -> false;
            };
            if (structural) {
                words.append(count++ == 0 ? "" : " or ").append('`').append(Tokens.literal(type)).append('`');
            }
        }
        return count > 3 ? "" : words.toString();
    }

    private static String shown(Token token) {
        return switch (token.getType()) {
            case NnLexer.STR_END -> "a string";
            default -> Tokens.describe(token);
        };
    }

    private Span span(Token token) {
        return Tokens.span(errors.file(), token);
    }

    private Diagnostic error(Code code, Token at, String message) {
        return Diagnostic.of(code, span(at), message);
    }

    /// An error about what is not there: it points at the token before.
    private Diagnostic afterPrevious(Code code, StuckPlace p, String message) {
        Span span = span(p.before);
        boolean shown = p.at > 0 && p.typeBefore() != NnLexer.NL && !span.isEmpty();
        return shown ? Diagnostic.of(code, span, message) : error(code, p.bad, message);
    }
}
