package org.nnlang.compiler.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.source.Span;
import org.nnlang.grammar.NnLexer;
import org.nnlang.grammar.NnParser.DeclarationContext;
import org.nnlang.grammar.NnParser.DefinitionContext;
import org.nnlang.grammar.NnParser.FileContext;
import org.nnlang.grammar.NnParser.FunctionContext;
import org.nnlang.grammar.NnParser.ImportItemContext;
import org.nnlang.grammar.NnParser.ItemContext;
import org.nnlang.grammar.NnParser.LayerContext;
import org.nnlang.grammar.NnParser.NameContext;
import org.nnlang.grammar.NnParser.ParameterContext;
import org.nnlang.grammar.NnParser.ParametersContext;
import org.nnlang.grammar.NnParser.ResultContext;
import org.nnlang.grammar.NnParser.StringContext;

/// Makes the syntax tree of declarations from the parse tree, and asks [StatementBuilder] and [ExpressionBuilder] for
/// the rest.
final class TreeBuilder {
    private final SyntaxErrors errors;
    private final TokenSequence tokens;
    private final NavigableMap<Integer, String> documentation;
    private final ExpressionBuilder expressions;
    private final StatementBuilder statements;

    TreeBuilder(SyntaxErrors errors, TokenSequence tokens, NavigableMap<Integer, String> documentation) {
        this.errors = errors;
        this.tokens = tokens;
        this.documentation = documentation;
        this.expressions = new ExpressionBuilder(this);
        this.statements = new StatementBuilder(this, expressions);
    }

    SyntaxErrors errors() {
        return errors;
    }

    TokenSequence tokens() {
        return tokens;
    }

    StatementBuilder statements() {
        return statements;
    }

    Module module(FileContext file) {
        List<Import> imports = new ArrayList<>();
        List<Declaration> declarations = new ArrayList<>();
        int next = 0;
        for (ItemContext item : file.item()) {
            int start = item.getStart().getTokenIndex();
            skipped(next, start, declarations);
            next = Math.max(next, end(item));
            switch (declaration(item)) {
                case Import one -> imports.add(one);
                case Declaration other -> declarations.add(goesOnWrong(end(item)) ? withoutValue(other) : other);
            }
        }
        skipped(next, tokens.tokens().size() - 1, declarations);
        return new Module(errors.file(), imports, declarations);
    }

    /// What the parser jumped over between two declarations.
    private void skipped(int from, int to, List<Declaration> declarations) {
        if (!tokens.names(from, to).isEmpty()) {
            Span span = span(tokens.get(from)).to(span(tokens.get(to - 1)));
            declarations.add(new Declaration.Invalid(tokens.names(from, to), span));
        }
    }

    /// Whether a statement or declaration that ends before this token is followed by the rest of an expression that
    /// could not be read, so that its value is not what was meant.
    boolean goesOnWrong(int end) {
        return switch (tokens.type(end)) {
            case NnLexer.NL, NnLexer.SEMI, NnLexer.RBRACE, Token.EOF -> false;
            default -> !tokens.beginsItem(end) && !Tokens.beginsStatement(tokens.type(end));
        };
    }

    /// Whether a head was read up to the `{` of its body.
    boolean isBeforeBody(ParserRuleContext head) {
        return tokens.type(end(head)) == NnLexer.LBRACE;
    }

    private static Declaration withoutValue(Declaration declaration) {
        Expression none = new Expression.Invalid(declaration.span());
        Block body = new Block(List.of(new Statement.ExpressionStatement(none)), declaration.span());
        return switch (declaration) {
            case Declaration.Function f ->
                new Declaration.Function(
                        f.header(), f.name(), f.hyperparameters(), f.inputs(), f.result(), body, f.span());
            case Declaration.Layer l ->
                new Declaration.Layer(
                        l.header(), l.kind(), l.name(), l.hyperparameters(), l.inputs(), l.result(), body, l.span());
            case Declaration.Constant c ->
                new Declaration.Constant(c.header(), c.name(), c.type(), none, c.span());
            case Declaration.Optimizer _, Declaration.Train _, Declaration.Test _, Declaration.Invalid _, Import _ ->
                declaration;
        };
    }

    private Declaration declaration(ItemContext item) {
        if (item.exception != null) {
            int start = item.getStart().getTokenIndex();
            return new Declaration.Invalid(tokens.names(start, tokens.endOfItem(start, end(item))), span(item));
        }
        if (item.importItem() != null) {
            return imported(item.importItem());
        }
        DeclarationContext declaration = item.declaration();
        Declaration.Header header = new Declaration.Header(
                documentation(declaration.getStart()),
                declaration.annotation().stream()
                        .map(a -> new Annotation(identifier(a.name()), expressions.arguments(a.arguments()),
                                span(a.getStart())
                                        .to(a.RPAREN() == null ? span(a.name()) : span(a.RPAREN().getSymbol()))))
                        .toList(),
                declaration.PRIVATE() != null);
        Span span = span(declaration);
        if (declaration.function() != null) {
            return function(header, declaration.function(), span);
        }
        if (declaration.layer() != null) {
            return layer(header, declaration.layer(), span);
        }
        if (declaration.optimizer() != null) {
            var optimizer = declaration.optimizer();
            return new Declaration.Optimizer(
                    header,
                    identifier(optimizer.name()),
                    parameters(optimizer.parameters(0), true),
                    parameters(optimizer.parameters(1), false),
                    statements.block(optimizer.block()),
                    span);
        }
        if (declaration.train() != null) {
            var train = declaration.train();
            List<Parameter> hyperparameters = train.parameters() == null
                    ? List.of()
                    : parameters(train.parameters(), true);
            return new Declaration.Train(
                    header, identifier(train.name()), hyperparameters, statements.block(train.block()), span);
        }
        if (declaration.test() != null) {
            var test = declaration.test();
            return new Declaration.Test(
                    header, plainText(test.string(), "a test's name"), span(test.string()),
                    statements.block(test.block()), span);
        }
        var constant = declaration.constant();
        return new Declaration.Constant(
                header,
                identifier(constant.name()),
                constant.type() == null ? null : expressions.type(constant.type()),
                expressions.expression(constant.expression()),
                span);
    }

    private Import imported(ImportItemContext item) {
        Import.Target target;
        if (item.path() == null) {
            target = new Import.File(plainText(item.string(), "a path"), span(item.string()));
        } else {
            List<Identifier> names = new ArrayList<>();
            names.add(identifier(item.path().name()));
            item.path().member().forEach(m -> names.add(new Identifier(m.getText(), span(m))));
            target = new Import.Path(names, span(item.path()));
        }
        return new Import(target, item.name() == null ? null : identifier(item.name()), span(item));
    }

    /// A `fun`, whether at the top of a file or in a body.
    Declaration.Function function(Declaration.Header header, FunctionContext function, Span span) {
        List<ParametersContext> lists = function.parameters();
        boolean both = lists.size() == 2;
        return new Declaration.Function(
                header,
                identifier(function.name()),
                both ? parameters(lists.getFirst(), true) : null,
                parameters(lists.getLast(), true),
                result(function.result()),
                definition(function.definition()),
                span);
    }

    private Declaration layer(Declaration.Header header, LayerContext layer, Span span) {
        return new Declaration.Layer(
                header,
                layer.MODEL() != null ? Declaration.LayerKind.MODEL : Declaration.LayerKind.LAYER,
                identifier(layer.name()),
                parameters(layer.parameters(0), true),
                parameters(layer.parameters(1), true),
                result(layer.result()),
                definition(layer.definition()),
                span);
    }

    private Block definition(DefinitionContext definition) {
        if (definition.block() != null) {
            return statements.block(definition.block());
        }
        Expression value = expressions.expression(definition.expression());
        return new Block(List.of(new Statement.ExpressionStatement(value)), span(definition.expression()));
    }

    private @Nullable TypeExpression result(@Nullable ResultContext result) {
        if (result == null) {
            return null;
        }
        return result.exception != null ? new TypeExpression.Invalid(span(result)) : expressions.type(result.type());
    }

    private List<Parameter> parameters(ParametersContext list, boolean typed) {
        List<Parameter> parameters = new ArrayList<>();
        int next = list.getStart().getTokenIndex();
        for (ParameterContext parameter : list.parameter()) {
            if (parameter.exception == null) {
                parameters.add(parameter(parameter, typed));
                next = end(parameter);
            }
        }
        if (list.exception != null) {
            int close = tokens.partner(list.getStart().getTokenIndex());
            for (int i = next; i < close; i++) {
                if (i > next && Tokens.isOpener(tokens.type(i))
                        && (Tokens.isName(tokens.type(i - 1)) || tokens.type(i - 1) == NnLexer.COLON)) {
                    // A shape, a tuple of types, the arguments of a default: no parameters.
                    i = tokens.partner(i);
                    continue;
                }
                boolean names = Tokens.isName(tokens.type(i)) && i > 0
                        && (tokens.type(i - 1) == NnLexer.COMMA
                                || Tokens.isOpener(tokens.type(i - 1))
                                || tokens.type(i + 1) == NnLexer.COLON);
                if (names) {
                    Identifier name = new Identifier(tokens.get(i).getText(), span(tokens.get(i)));
                    parameters.add(new Parameter(name, new TypeExpression.Invalid(name.span()), null, name.span()));
                }
            }
        }
        return parameters;
    }

    private Parameter parameter(ParameterContext parameter, boolean typed) {
        Identifier name = identifier(parameter.name());
        Expression fallback = parameter.expression() == null ? null : expressions.expression(parameter.expression());
        TypeExpression type = parameter.type() == null ? null : expressions.type(parameter.type());
        if (type == null && typed) {
            errors.addUnlessDoubtful(
                    Diagnostic.of(Code.MISSING_TYPE, name.span(), "the parameter `" + name + "` has no type")
                            .help(typed(name, fallback)));
            type = new TypeExpression.Invalid(name.span());
        }
        return new Parameter(name, type, fallback, span(parameter));
    }

    private static Help typed(Identifier name, @Nullable Expression fallback) {
        String type = switch (fallback) {
            case Expression.IntLiteral _ -> "Int";
            case Expression.FloatLiteral _ -> "Float";
            case Expression.BoolLiteral _ -> "Bool";
            case Expression.StringTemplate _ -> "String";
            case null, default -> null;
        };
        return type != null
                ? Help.write(name.span(), name + ": " + type)
                : Help.of(
                        "write `" + name + ": f32[b, n]` for a tensor, or `Int`, `Float` … for a hyper-parameter, as in"
                                + " `units: Int`");
    }

    private String plainText(StringContext string, String what) {
        Expression.StringTemplate template = expressions.string(string);
        String text = template.plain();
        if (text == null) {
            errors.addUnlessDoubtful(
                    Diagnostic.of(Code.UNEXPECTED, template.span(), what + " is plain text, without `$`")
                            .help("write `\\$` for a dollar"));
            return "";
        }
        return text;
    }

    /// The text of the `///` lines right above a declaration.
    private String documentation(Token first) {
        Map.Entry<Integer, String> above = documentation.floorEntry(Tokens.start(first));
        if (above == null) {
            return "";
        }
        int before = first.getTokenIndex() - 1;
        boolean between = before >= 0 && Tokens.start(tokens.get(before)) >= above.getKey()
                && tokens.type(before) != NnLexer.NL;
        boolean older = before >= 1 && Tokens.end(tokens.get(before - 1)) > above.getKey();
        return between || older ? "" : above.getValue();
    }

    Identifier identifier(NameContext name) {
        return new Identifier(name.getText(), span(name));
    }

    Span span(ParserRuleContext context) {
        Token stop = context.getStop();
        Span start = span(context.getStart());
        return stop == null || Tokens.end(stop) < start.end() ? start : start.to(span(stop));
    }

    Span span(TerminalNode node) {
        return span(node.getSymbol());
    }

    Span span(Token token) {
        return Tokens.span(errors.file(), token);
    }

    /// The index of the first token behind a part of the parse tree.
    int end(ParserRuleContext context) {
        return context.getStop() == null ? context.getStart().getTokenIndex() : context.getStop().getTokenIndex() + 1;
    }
}
