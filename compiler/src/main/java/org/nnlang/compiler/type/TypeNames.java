package org.nnlang.compiler.type;

import static org.nnlang.compiler.type.LexicalScope.Kind;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.diagnostic.Fix;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Dimension;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.TypeExpression;

/// The part of [NameCheck] that looks at types: which dimensions they bind, and which names they use.
final class TypeNames {
    private final NameCheck names;
    private final OuterNames outer;
    private final Diagnostics diagnostics;

    TypeNames(NameCheck names, OuterNames outer, Diagnostics diagnostics) {
        this.names = names;
        this.outer = outer;
        this.diagnostics = diagnostics;
    }

    /// Declares the dimensions that stand alone in an input's type, and its groups.
    void bindAlone(TypeExpression type, LexicalScope scope) {
        for (Dimension dimension : dimensions(type)) {
            switch (dimension) {
                case Dimension.Size(Expression.Name name) -> {
                    if (scope.find(name.text()) == null) {
                        scope.declare(name.text(), Kind.DIMENSION, name.span());
                    }
                }
                case Dimension.Group group -> {
                    if (group.name() != null && scope.find(group.name().text()) == null) {
                        scope.declare(group.name().text(), Kind.DIMENSION, group.name().span());
                    }
                }
                case Dimension.Size _ -> {}
            }
        }
    }

    /// Declares the one unbound name of an entry such as `4 * n`.
    void bindLinear(TypeExpression type, LexicalScope scope) {
        for (Dimension dimension : dimensions(type)) {
            if (dimension instanceof Dimension.Size(Expression value) && value instanceof Expression.Binary) {
                var unbound = new ArrayList<Expression.Name>();
                collect(value, scope, unbound);
                unbound.forEach(name -> scope.declare(name.text(), Kind.DIMENSION, name.span()));
                if (unbound.size() > 1) {
                    diagnostics.add(Diagnostic.of(
                            Code.UNSOLVABLE_DIMENSION,
                            value.span(),
                            "one equation cannot bind both `" + unbound.get(0).text() + "` and `"
                                    + unbound.get(1).text() + "`")
                            .help("let one of them stand alone in another input, or make it a parameter of type Int"));
                }
            }
        }
    }

    private static void collect(Expression expression, LexicalScope scope, List<Expression.Name> unbound) {
        switch (expression) {
            case Expression.Name name -> {
                if (scope.find(name.text()) == null
                        && unbound.stream().noneMatch(other -> other.text().equals(name.text()))) {
                    unbound.add(name);
                }
            }
            case Expression.Binary binary -> {
                collect(binary.left(), scope, unbound);
                collect(binary.right(), scope, unbound);
            }
            case Expression.Unary unary -> collect(unary.operand(), scope, unbound);
            default -> {}
        }
    }

    private static List<Dimension> dimensions(TypeExpression type) {
        return switch (type) {
            case TypeExpression.Named named -> {
                var all = new ArrayList<Dimension>();
                if (named.shape() != null) {
                    all.addAll(named.shape());
                }
                named.arguments().forEach(argument -> all.addAll(dimensions(argument)));
                yield all;
            }
            case TypeExpression.Tuple tuple ->
                tuple.items().stream().flatMap(item -> dimensions(item.type()).stream()).toList();
            case TypeExpression.Invalid _ -> List.of();
        };
    }

    /// Reports unknown types, and unknown names in shapes.
    void check(TypeExpression type, LexicalScope scope, NameCheck.Place place) {
        switch (type) {
            case TypeExpression.Named named -> named(named, scope, place);
            case TypeExpression.Tuple tuple -> tuple.items().forEach(item -> check(item.type(), scope, place));
            case TypeExpression.Invalid _ -> {}
        }
    }

    private void named(TypeExpression.Named type, LexicalScope scope, NameCheck.Place place) {
        String name = type.name().text();
        boolean compileTime = Known.COMPILE_TIME_TYPES.contains(name);
        if (!compileTime && !Known.DTYPES.contains(name) && !Known.isDTypeVariable(name)) {
            var candidates = new TreeSet<>(Known.COMPILE_TIME_TYPES);
            candidates.addAll(Known.DTYPES);
            Span at = type.name().span();
            boolean tensor = type.shape() != null;
            Help help = switch (name) {
                case "int" -> new Help("a compile-time whole number is an `Int`, a tensor of them `i32[…]`",
                        List.of(Fix.write(at, tensor ? "i32" : "Int")));
                case "float", "Double", "double", "f64", "f16" ->
                    new Help("a compile-time number is a `Float`, a tensor `f32[…]`",
                            List.of(Fix.write(at, tensor ? "f32" : "Float")));
                case "Tensor" -> Help.of("a tensor's type names its elements and its shape: `f32[b, 784]`");
                case "str", "string" -> Help.write("a text is a", at, "String", "");
                case "Function" -> Help.write("a function is an", at, "Fn", "");
                default ->
                    Help.nearest(
                            name,
                            at,
                            candidates,
                            "there are f32, i32, u8, bool with a shape, and Int, Float, Bool, String, Fn,"
                                    + " Schedule, Data, List<…>");
            };
            diagnostics.add(Diagnostic.of(Code.UNKNOWN_TYPE, type.name().span(), "there is no type `" + name + "`")
                    .help(help));
        } else if (compileTime && type.shape() != null) {
            diagnostics.add(Diagnostic
                    .of(Code.UNKNOWN_TYPE, type.span(), "`" + name + "` is a compile-time type, and has no shape")
                    .help("a list is `List<" + name + ">`, a tensor `f32[…]`"));
            return;
        }
        scope.resolutions().given(name, Resolutions.Kind.TYPE, type.name().span());
        for (TypeExpression argument : type.arguments()) {
            check(argument, scope, place);
        }
        if (type.shape() == null) {
            return;
        }
        long groups = type.shape().stream().filter(Dimension.Group.class::isInstance).count();
        if (groups > 1) {
            diagnostics.add(Diagnostic.of(
                    Code.TWO_GROUPS, type.span(), "a shape holds one group of dimensions, and this one " + groups)
                    .help("which dimensions belong to which group could not be told"));
        }
        for (Dimension dimension : type.shape()) {
            switch (dimension) {
                case Dimension.Size(Expression.Name name2) -> entry(name2, scope, place);
                case Dimension.Size(Expression value) -> walk(value, scope, place);
                case Dimension.Group group -> {
                    if (group.name() != null) {
                        entry(new Expression.Name(group.name().text(), group.name().span()), scope, place);
                    }
                }
            }
        }
    }

    private void walk(Expression value, LexicalScope scope, NameCheck.Place place) {
        switch (value) {
            case Expression.Name name -> entry(name, scope, place);
            case Expression.Binary binary -> {
                walk(binary.left(), scope, place);
                walk(binary.right(), scope, place);
            }
            default -> names.expression(value, scope, place);
        }
    }

    private void entry(Expression.Name name, LexicalScope scope, NameCheck.Place place) {
        if (scope.use(name.text(), name.span()) == null
                && !outer.isKnown(name.text(), name.span(), scope, place)) {
            diagnostics.add(Diagnostic.of(
                    Code.UNKNOWN_DIMENSION,
                    name.span(),
                    "no dimension is called `" + name.text() + "`")
                    .help(Help.nearest(
                            name.text(),
                            name.span(),
                            scope.names(),
                            "a dimension is named in the type of an input, or is a parameter of type Int")));
        }
    }
}
