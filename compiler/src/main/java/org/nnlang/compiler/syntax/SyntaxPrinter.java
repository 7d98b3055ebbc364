package org.nnlang.compiler.syntax;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Prints a tree as text, one parenthesised list per node: `(val h (|> x (call Dense 128 relu)))`. What the tree holds
/// beside its spans is all there, so two texts are equal if the trees are.
public final class SyntaxPrinter {
    private static final int WIDTH = 100;

    private SyntaxPrinter() {}

    public static String print(Module module) {
        StringBuilder out = new StringBuilder();
        module.imports().forEach(i -> line(out, of(i)));
        module.declarations().forEach(d -> line(out, of(d)));
        return out.toString();
    }

    public static String print(Statement statement) {
        return text(of(statement), 0);
    }

    public static String print(Expression expression) {
        return text(of(expression), 0);
    }

    public static String print(TypeExpression type) {
        return text(of(type), 0);
    }

    /// A list whose items are strings or lists.
    private record Node(List<Object> items) {}

    private static Node node(Object... items) {
        List<Object> present = new ArrayList<>();
        for (Object item : items) {
            if (item instanceof List<?> several) {
                present.addAll(several);
            } else {
                present.add(item);
            }
        }
        return new Node(present);
    }

    private static List<Object> maybe(@Nullable Object item) {
        return item == null ? List.of() : List.of(item);
    }

    private static List<Object> maybe(String label, @Nullable Object item) {
        return item == null ? List.of() : List.of(node(label, item));
    }

    private static void line(StringBuilder out, Object node) {
        out.append(text(node, 0)).append('\n');
    }

    private static String text(Object item, int indentation) {
        if (!(item instanceof Node(List<Object> items))) {
            return item.toString();
        }
        StringBuilder flat = new StringBuilder("(");
        for (Object one : items) {
            flat.append(flat.length() == 1 ? "" : " ").append(text(one, 0));
        }
        flat.append(')');
        if (indentation + flat.length() <= WIDTH && flat.indexOf("\n") < 0) {
            return flat.toString();
        }
        StringBuilder tall = new StringBuilder("(");
        boolean onFirst = true;
        for (Object one : items) {
            onFirst &= one instanceof String;
            String shown = text(one, indentation + 2);
            if (tall.length() == 1) {
                tall.append(shown);
            } else if (onFirst) {
                tall.append(' ').append(shown);
            } else {
                tall.append('\n').repeat(' ', indentation + 2).append(shown);
            }
        }
        return tall.append(')').toString();
    }

    private static Object of(Declaration declaration) {
        return switch (declaration) {
            case Import(Import.Target target, Identifier alias, _) ->
                node(
                        "import",
                        switch (target) {
                            case Import.Path(List<Identifier> names, _) ->
                                String.join(".", names.stream().map(Identifier::text).toList());
                            case Import.File(String path, _) -> quoted(path);
                        },
                        maybe("as", alias));
            case Declaration.Function(var header, var name, var hyper, var inputs, var result, var body, _) ->
                node(
                        "fun",
                        name.text(),
                        of(header),
                        hyper == null ? List.of() : List.of(parameters(hyper)),
                        parameters(inputs),
                        maybe("->", result == null ? null : of(result)),
                        statements(body));
            case Declaration.Layer(var header, var kind, var name, var hyper, var inputs, var result, var body, _) ->
                node(
                        kind == Declaration.LayerKind.MODEL ? "model" : "layer",
                        name.text(),
                        of(header),
                        parameters(hyper),
                        parameters(inputs),
                        maybe("->", result == null ? null : of(result)),
                        statements(body));
            case Declaration.Optimizer(var header, var name, var hyper, var inputs, var body, _) ->
                node("optimizer", name.text(), of(header), parameters(hyper), parameters(inputs), statements(body));
            case Declaration.Train(var header, var name, var hyper, var body, _) ->
                node("train", name.text(), of(header), parameters(hyper), statements(body));
            case Declaration.Test(var header, var name, _, var body, _) ->
                node("test", quoted(name), of(header), statements(body));
            case Declaration.Constant(var header, var name, var type, var value, _) ->
                node("val", name.text(), of(header), maybe(":", type == null ? null : of(type)), of(value));
            case Declaration.Invalid(var mentioned, _) ->
                node("invalid", mentioned.stream().sorted().map(Object.class::cast).toList());
        };
    }

    private static List<Object> of(Declaration.Header header) {
        List<Object> parts = new ArrayList<>();
        if (!header.documentation().isEmpty()) {
            parts.add(node("doc", quoted(header.documentation())));
        }
        for (Annotation annotation : header.annotations()) {
            parts.add(node("@" + annotation.name(), arguments(annotation.arguments())));
        }
        if (header.isPrivate()) {
            parts.add("private");
        }
        return parts;
    }

    private static Node parameters(List<Parameter> parameters) {
        return node(parameters.stream().map(SyntaxPrinter::of).toList());
    }

    private static Object of(Parameter parameter) {
        return node(
                parameter.name().text(),
                maybe(parameter.type() == null ? null : of(parameter.type())),
                maybe("=", parameter.fallback() == null ? null : of(parameter.fallback())));
    }

    private static List<Object> statements(Block block) {
        return block.statements().stream().map(SyntaxPrinter::of).toList();
    }

    private static Object of(TypeExpression type) {
        return switch (type) {
            case TypeExpression.Named(var name, var arguments, var shape, _) -> {
                Object base = arguments.isEmpty()
                        ? name.text()
                        : node(name.text(), arguments.stream().map(SyntaxPrinter::of).toList());
                yield shape == null ? base : node("tensor", base, shape.stream().map(SyntaxPrinter::of).toList());
            }
            case TypeExpression.Tuple(var items, _) ->
                node(
                        "outputs",
                        items.stream()
                                .map(i -> i.name() == null ? of(i.type()) : node(i.name().text(), of(i.type())))
                                .toList());
            case TypeExpression.Invalid _ -> node("invalid");
        };
    }

    private static Object of(Dimension dimension) {
        return switch (dimension) {
            case Dimension.Size(Expression value) -> of(value);
            case Dimension.Group(Identifier name, _) -> name == null ? "..." : "..." + name;
        };
    }

    private static Object of(Pattern pattern) {
        return switch (pattern) {
            case Pattern.Bind(Identifier name) -> name.text();
            case Pattern.Tuple(List<Pattern> elements, _) ->
                node(elements.stream().map(SyntaxPrinter::of).toList());
        };
    }

    private static Object of(Statement statement) {
        return switch (statement) {
            case Statement.Val(var pattern, var type, var value, _) ->
                node("val", of(pattern), maybe(":", type == null ? null : of(type)), of(value));
            case Statement.Var(var pattern, var type, var value, _) ->
                node("var", of(pattern), maybe(":", type == null ? null : of(type)), of(value));
            case Statement.Param(var name, var type, var initializer, _) ->
                node("param", name.text(), of(type), maybe("~", initializer == null ? null : of(initializer)));
            case Statement.State(var name, var type, var value, _) -> node("state", name.text(), of(type), of(value));
            case Statement.Slot(var name, var type, var value, _) ->
                node("slot", name.text(), maybe(":", type == null ? null : of(type)), of(value));
            case Statement.Assign(var pattern, var value, _) -> node("=", of(pattern), of(value));
            case Statement.Update(var name, var value, _) -> node(":=", name.text(), of(value));
            case Statement.For(var pattern, var range, var body, _) ->
                node("for", of(pattern), of(range), statements(body));
            case Statement.Require(var condition, var message, _) -> node("require", of(condition), of(message));
            case Statement.Assert(var condition, var message, _) ->
                node("assert", of(condition), maybe(message == null ? null : of(message)));
            case Statement.Yield(var value, _) -> node("yield", of(value));
            case Statement.Minimize(var loss, var over, var optimizer, var clip, var every, _) ->
                node(
                        "minimize",
                        of(loss),
                        over.isEmpty()
                                ? List.of()
                                : List.of(node("over", over.stream().map(SyntaxPrinter::of).toList())),
                        node("with", of(optimizer)),
                        maybe("clip", clip == null ? null : of(clip)),
                        maybe("every", every == null ? null : of(every)));
            case Statement.Report(var name, var value, _) ->
                node("report", maybe(name == null ? null : name.text()), of(value));
            case Statement.Loop(var kind, var pattern, var source, var body, _) ->
                node(kind.word(), head(pattern, source), statements(body));
            case Statement.Training(var body, _) -> node("training", statements(body));
            case Statement.LocalFunction(var function) -> of(function);
            case Statement.ExpressionStatement(var value) -> of(value);
            case Statement.Invalid(var mentioned, _) ->
                node("invalid", mentioned.stream().sorted().map(Object.class::cast).toList());
        };
    }

    private static List<Object> head(@Nullable Pattern pattern, @Nullable Expression source) {
        return pattern == null || source == null ? List.of() : List.of(node("in", of(pattern), of(source)));
    }

    private static Object of(Expression expression) {
        return switch (expression) {
            case Expression.IntLiteral(long value, _) -> Long.toString(value);
            case Expression.FloatLiteral(double value, _) -> Double.toString(value);
            case Expression.BoolLiteral(boolean value, _) -> Boolean.toString(value);
            case Expression.StringTemplate template -> of(template);
            case Expression.Name(String text, _) -> text;
            case Expression.Tuple(var elements, _) -> node("tuple", elements.stream().map(SyntaxPrinter::of).toList());
            case Expression.ListLiteral(var elements, _) ->
                node("list", elements.stream().map(SyntaxPrinter::of).toList());
            case Expression.Lambda(var parameters, var body, _) ->
                node("lambda", node(parameters.stream().map(SyntaxPrinter::of).toList()), statements(body));
            case Expression.If(var condition, var then, var otherwise, _) ->
                node(
                        "if",
                        of(condition),
                        node("then", statements(then)),
                        otherwise == null ? List.of() : List.of(node("else", statements(otherwise))));
            case Expression.Scan(var pattern, var source, var dimension, var order, var body, _) ->
                node(
                        "scan",
                        of(pattern),
                        of(source),
                        order == null ? node("along", of(dimension)) : node("along", of(dimension), order.text()),
                        statements(body));
            case Expression.Select(var target, var member, _) -> node(".", of(target), member.text());
            case Expression.Call(var callee, var arguments, _) -> node("call", of(callee), arguments(arguments));
            case Expression.Slice(var target, var indices, _) ->
                node("slice", of(target), indices.stream().map(SyntaxPrinter::of).toList());
            case Expression.Unary(var operator, var operand, _, _) -> node(operator.symbol(), of(operand));
            case Expression.Binary(var operator, var left, var right, _, _) ->
                node(operator.symbol(), of(left), of(right));
            case Expression.Range(var from, var to, boolean inclusive, _, _) ->
                node(inclusive ? ".." : "..<", of(from), of(to));
            case Expression.Pipe(var input, var target, _, _) -> node("|>", of(input), of(target));
            case Expression.Invalid _ -> node("invalid");
        };
    }

    private static List<Object> arguments(List<Argument> arguments) {
        return arguments.stream()
                .map(a -> a.name() == null ? of(a.value()) : node("=", a.name().text(), of(a.value())))
                .toList();
    }

    private static Object of(Index index) {
        return switch (index) {
            case Index.At(Expression position) -> of(position);
            case Index.Between(var from, var to, var stride, _) ->
                node(Arrays.asList(
                        ":",
                        from == null ? "_" : of(from),
                        to == null ? "_" : of(to),
                        stride == null ? "_" : of(stride)));
            case Index.Ellipsis _ -> "...";
        };
    }

    private static Object of(Expression.StringTemplate template) {
        if (template.plain() instanceof String plain) {
            return quoted(plain);
        }
        List<Object> parts = new ArrayList<>();
        for (StringPart part : template.parts()) {
            parts.add(
                    switch (part) {
                        case StringPart.Text(String value, _) -> quoted(value);
                        case StringPart.Hole(Expression value, _) -> of(value);
                    });
        }
        return node("text", parts);
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }
}
