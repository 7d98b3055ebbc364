package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Dimension;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Parameter;
import org.nnlang.compiler.syntax.TypeExpression;
import org.nnlang.compiler.type.Known;
import org.nnlang.runtime.tensor.DType;

/// Binds the parameters of a call: values are taken for the types asked for, and the shapes of tensors bind dimensions.
final class Inputs {
    private final Elaboration elaboration;

    Inputs(Elaboration elaboration) {
        this.elaboration = elaboration;
    }

    /// A tensor that an input asks for.
    record Asked(String name, TypeExpression.Named type, TensorValue value, Span span, Span declared) {}

    /// Binds all of `parameters` in `callee`.
    ///
    /// @return false where an input is unknown, so that the body has nothing to work on
    boolean bind(
            List<Parameter> parameters, List<Given> arguments, Scope callee, Scope caller, Span site, String name) {
        Map<Parameter, Given> matched = elaboration.calls.match(parameters, arguments, caller, site, name);
        var asked = new ArrayList<Asked>();
        var shapes = new Unification(elaboration, callee, caller, name);
        boolean known = true;
        for (Parameter parameter : parameters) {
            Given given = matched.get(parameter);
            if (given == null && parameter.fallback() == null) {
                List<String> names = parameters.stream().map(p -> p.name().text()).toList();
                throw new ArgumentOrder(elaboration, name, names, site, caller)
                        .missing(parameter.name().text(), parameter.span());
            }
            if (given != null) {
                known &= one(parameter, given, callee, caller, shapes, asked, matched);
            }
        }
        // Defaults may use every input that was given, and the defaults before them.
        for (Parameter parameter : parameters) {
            if (!matched.containsKey(parameter) && parameter.fallback() != null) {
                Value value = elaboration.expressions.evaluate(parameter.fallback(), callee);
                var given = new Given(null, value, parameter.fallback().span(), parameter.fallback(), null, null, 0);
                Owner owner = callee.frame().owner();
                known &= one(
                        parameter,
                        owner == null ? given : Calls.owned(given, owner),
                        callee,
                        callee,
                        shapes,
                        asked,
                        Map.of());
            }
        }
        shapes.solve(asked);
        for (Asked each : asked) {
            Value value = shapes.named(each);
            callee.bind(Binding.of(each.name(), Binding.Kind.PARAMETER, each.declared(),
                    callee.isPoint(each.name()) ? elaboration.differentiation.point(value) : value));
        }
        for (Parameter parameter : parameters) {
            Binding bound = callee.find(parameter.name().text());
            if (bound != null) {
                elaboration.types.parameter(parameter, bound.value());
            }
        }
        return known;
    }

    private boolean one(
            Parameter parameter,
            Given given,
            Scope callee,
            Scope caller,
            Unification shapes,
            List<Asked> asked,
            Map<Parameter, Given> matched) {
        String name = parameter.name().text();
        Span declared = parameter.name().span();
        TypeExpression type = parameter.type();
        Value value = given.value();
        if (value instanceof Value.UnknownValue) {
            callee.bind(Binding.of(name, Binding.Kind.PARAMETER, declared, Value.UNKNOWN));
            return type instanceof TypeExpression.Named named && !isTensor(named);
        }
        if (type instanceof TypeExpression.Named named && isTensor(named)) {
            TensorValue tensor = tensor(named, given, "`" + name + "`", callee, caller, parameter, matched);
            var one = new Asked(name, named, tensor, given.span(), declared);
            asked.add(one);
            callee.bind(Binding.of(name, Binding.Kind.PARAMETER, declared, tensor));
            shapes.bindAlone(one);
            return true;
        }
        Value taken = type == null
                ? value
                : compileTime(type, given, "`" + name + "`", callee, caller, parameter.span());
        if (taken instanceof Value.IntValue integer) {
            taken = new Value.IntValue(
                    integer.dim(), Tag.prefix(new Tag(callee.frame().id(), name), integer.tags()));
        }
        callee.bind(Binding.of(name, Binding.Kind.PARAMETER, declared, taken));
        return true;
    }

    static boolean isTensor(TypeExpression.Named type) {
        return Known.DTYPES.contains(type.name().text()) || Known.isDTypeVariable(type.name().text());
    }

    private TensorValue tensor(
            TypeExpression.Named type,
            Given given,
            String what,
            Scope callee,
            Scope caller,
            Parameter parameter,
            Map<Parameter, Given> matched) {
        DType wanted = dtype(type, callee);
        Value value = given.value();
        boolean isNumber = Numbers.isNumber(value) || value instanceof Value.ListValue
                || value instanceof Value.BoolValue;
        TensorValue tensor = elaboration.conversions.tensor(value, wanted, what, given.span(), caller);
        if (isNumber && wanted == DType.I32 && Tensors.hasFraction(value)) {
            throw elaboration.fail(
                    caller,
                    Diagnostic.of(Code.FRACTION_FOR_INTEGERS, given.span(), what + " is i32, and this has a fraction")
                            .also(parameter.span(), "declared here"));
        }
        DType actual = tensor.type().dtype();
        if (wanted == null) {
            callee.bindDType(type.name().text(), actual);
        } else if (wanted != actual) {
            throw elaboration.fail(
                    caller,
                    Diagnostic.of(
                            Code.WRONG_DTYPE,
                            given.span(),
                            what + " is " + wanted + ", and gets " + actual)
                            .here(Describe.type(tensor.type()))
                            .also(parameter.span(), "declared here")
                            .help(
                                    matched.entrySet().stream().anyMatch(
                                            other -> takes(other.getKey(), actual, callee)
                                                    && other.getValue().value() instanceof TensorValue instead
                                                    && instead.type().dtype() == wanted)
                                                            ? Help.of(
                                                                    "have two arguments changed places? They take the parameters in"
                                                                            + " their order")
                                                            : castHelp(what, given.span(), wanted, actual)));
        }
        return tensor;
    }

    /// Whether a parameter is a tensor of this dtype.
    private boolean takes(Parameter parameter, DType dtype, Scope callee) {
        return parameter.type() instanceof TypeExpression.Named named && isTensor(named)
                && dtype(named, callee) == dtype;
    }

    private static Help castHelp(String what, Span place, DType wanted, DType actual) {
        if (wanted == DType.I32 && actual == DType.F32) {
            return what.startsWith("`label`")
                    ? Help.of(
                            "class indices are whole numbers: cast with `i32(…)`, or read the column as labels; shares of"
                                    + " classes, as in a mixture of two examples, go to `soft_cross_entropy`")
                    : Help.call("cast it:", place, wanted.toString(), "; a fraction is cut off");
        }
        return Help.call("cast it:", place, wanted.toString(), "");
    }

    /// The dtype that a type names; null for a variable that is not bound yet.
    @Nullable
    DType dtype(TypeExpression.Named type, Scope scope) {
        return switch (type.name().text()) {
            case "f32" -> DType.F32;
            case "i32" -> DType.I32;
            case "u8" -> DType.U8;
            case "bool" -> DType.BOOL;
            default -> scope.dtype(type.name().text());
        };
    }

    /// A value taken for a compile-time type, or for a list or tuple of types.
    Value compileTime(TypeExpression type, Given given, String what, Scope callee, Scope caller, Span declared) {
        Value value = given.value();
        if (value instanceof Value.UnknownValue || type instanceof TypeExpression.Invalid) {
            return Value.UNKNOWN;
        }
        if (!(type instanceof TypeExpression.Named named)) {
            if (value instanceof Value.TupleValue) {
                return value;
            }
            throw wrongType(type, given, what, caller, declared, null);
        }
        // Where nobody calls, a Float is a scalar that only a call would give.
        if (elaboration.isSymbolic()
                && value instanceof TensorValue tensor
                && tensor.type().shape().isScalar()
                && !isTensor(named)) {
            return named.name().text().equals("Float") || named.name().text().equals("Schedule")
                    ? value
                    : Value.UNKNOWN;
        }
        return switch (named.name().text()) {
            case "Int" -> {
                if (value instanceof Value.IntValue || value instanceof Value.Remainder) {
                    yield value;
                }
                String help = value instanceof Value.FloatValue || value instanceof Value.Quotient
                        ? "`Int / Int` is a Float; `floor(…)`, `ceil(…)` and `round(…)` make it an Int"
                        : null;
                throw wrongType(type, given, what, caller, declared, help);
            }
            case "Float" -> asFloat(type, given, what, caller, declared);
            case "Bool" -> {
                if (value instanceof Value.BoolValue || value instanceof Value.Condition) {
                    yield value;
                }
                throw wrongType(type, given, what, caller, declared, null);
            }
            case "String" -> {
                if (value instanceof Value.StringValue) {
                    yield value;
                }
                throw wrongType(type, given, what, caller, declared, "a text stands in quotes");
            }
            case "Fn" -> asFunction(type, given, what, caller, declared);
            case "Schedule" -> {
                if (value instanceof Value.FunctionValue) {
                    yield value;
                }
                if (value instanceof TensorValue) {
                    throw wrongType(type, given, what, caller, declared,
                            "a rate that changes is a function of the step: `{ step -> "
                                    + given.span().text() + " }`");
                }
                yield asFloat(type, given, what, caller, declared);
            }
            case "Data" -> {
                if (value instanceof Value.DataValue) {
                    yield value;
                }
                throw wrongType(type, given, what, caller, declared,
                        "data comes from `csv(…)`, `idx(…)`, `npy(…)` or `chars(…)`");
            }
            case "List" -> list(named, given, what, callee, caller, declared);
            default ->
                isTensor(named) ? new Unification(elaboration, callee, caller, what).loose(named, given, what) : value;
        };
    }

    private Value asFloat(TypeExpression type, Given given, String what, Scope caller, Span declared) {
        return switch (given.value()) {
            case Value.IntValue integer ->
                integer.isConstant()
                        ? new Value.FloatValue(integer.constant())
                        : new Value.Quotient(integer.dim(), org.nnlang.compiler.ir.Dim.ONE, null);
            case Value.FloatValue(double number, var _) -> new Value.FloatValue(number);
            case Value.Quotient quotient -> quotient;
            case TensorValue tensor ->
                throw wrongType(
                        type,
                        given,
                        what,
                        caller,
                        declared,
                        "a parameter of type Float is known when compiling; a tensor is computed when the program runs: "
                                + "make the parameter an `f32`");
            case Value.Remainder _, Value.BoolValue _, Value.Condition _, Value.StringValue _, Value.ListValue _, Value.TupleValue _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _, Value.UnknownValue _ ->
                throw wrongType(type, given, what, caller, declared, null);
        };
    }

    private Value asFunction(TypeExpression type, Given given, String what, Scope caller, Span declared) {
        if (given.value() instanceof Value.LayerValue) {
            return given.value();
        }
        if (given.value() instanceof Value.FunctionValue(Callable callable)) {
            if (callable instanceof Callable.Layer layer) {
                if (layer.declaration().hyperparameters().stream().allMatch(each -> each.fallback() != null)) {
                    // As in `x |> Flatten`: one is made where its name stands.
                    return elaboration.calls.invoke(callable, List.of(), given.span(), caller);
                }
                throw wrongType(
                        type,
                        given,
                        what,
                        caller,
                        declared,
                        "a layer needs its hyper-parameters first: `" + layer.name() + "(…)`");
            }
            return given.value();
        }
        throw wrongType(type, given, what, caller, declared,
                "a function is a name such as `relu`, a layer, or a lambda `{ x -> … }`");
    }

    private Value list(
            TypeExpression.Named type, Given given, String what, Scope callee, Scope caller, Span declared) {
        if (what.equals("`axis`") && given.value() instanceof Value.IntValue) {
            return new Value.ListValue(List.of(given.value()));
        }
        if (!(given.value() instanceof Value.ListValue(List<Value> elements))) {
            String one = given.span().text();
            throw wrongType(
                    type, given, what, caller, declared,
                    "a list stands in brackets: `[" + one + "]`, or `[" + one + ", " + one
                            + "]` where it is one of two");
        }
        if (type.arguments().size() != 1) {
            return given.value();
        }
        var taken = new ArrayList<Value>();
        for (int i = 0; i < elements.size(); i++) {
            Value element = compileTime(
                    type.arguments().getFirst(), element(given, i, elements), "an element of " + what, callee, caller,
                    declared);
            if (element instanceof Value.LayerValue(LayerInstance made) && element != elements.get(i)) {
                apart(made, given, i, caller.frame());
            }
            taken.add(element);
        }
        return new Value.ListValue(taken);
    }

    /// An element of a list, at its own place where the list is written out.
    private static Given element(Given given, int i, List<Value> elements) {
        return given.expression() instanceof Expression.ListLiteral(List<Expression> written, var _)
                && written.size() == elements.size()
                        ? Given.of(elements.get(i), written.get(i).span())
                        : given.with(elements.get(i));
    }

    /// Layers that were made of names in a list which stands elsewhere are told apart by their index.
    private static void apart(LayerInstance layer, Given given, int i, Frame frame) {
        if (given.expression() instanceof Expression.Name list) {
            layer.nameAfter(list.text(), given.span(), "." + i, frame);
        } else if (!(given.expression() instanceof Expression.ListLiteral)) {
            layer.nameAfter(NameTable.snake(layer.toString()), given.span(), "." + i, frame);
        }
    }

    private RuntimeException wrongType(
            TypeExpression type, Given given, String what, Scope caller, Span declared, @Nullable String help) {
        Diagnostic diagnostic = Diagnostic.of(
                Code.WRONG_TYPE,
                given.span(),
                what + " is " + article(type.span().text()) + ", and gets " + Describe.what(given.value()))
                .also(declared, "declared here");
        return elaboration.fail(caller, help == null ? diagnostic : diagnostic.help(help));
    }

    private static String article(String type) {
        return (type.startsWith("Int") ? "an " : type.startsWith("Fn") ? "an " : "a ") + type;
    }

    /// The value of a `val` with a type: checked, its dimensions bound in `scope`.
    Value annotated(TypeExpression type, Value value, Expression expression, Scope scope, Scope bindings) {
        var given = Given.of(value, expression.span());
        if (type instanceof TypeExpression.Named named && isTensor(named) && !(value instanceof Value.UnknownValue)) {
            var shapes = new Unification(elaboration, bindings, scope, "this");
            DType wanted = dtype(named, scope);
            TensorValue tensor = elaboration.conversions.tensor(value, wanted, "this", expression.span(), scope);
            if (wanted != null && wanted != tensor.type().dtype()) {
                throw elaboration.fail(
                        scope,
                        Diagnostic.of(
                                Code.WRONG_DTYPE,
                                expression.span(),
                                "this is declared as " + wanted + ", and is " + tensor.type().dtype())
                                .also(type.span(), "declared here")
                                .help(castHelp("this", expression.span(), wanted, tensor.type().dtype())));
            }
            var asked = new Asked("this", named, tensor, expression.span(), type.span());
            shapes.bindAlone(asked);
            shapes.solve(List.of(asked));
            return shapes.named(asked);
        }
        return compileTime(type, given, "this", bindings, scope, type.span());
    }

    /// A type whose dimensions are all known, with their names.
    record Typed(TensorType type, List<List<Tag>> axes) {}

    /// The tensor type that `type` stands for in `scope`, where every dimension is known; null for a type of another
    /// kind.
    @Nullable
    Typed tensorType(TypeExpression type, Scope scope) {
        if (!(type instanceof TypeExpression.Named named) || !isTensor(named)) {
            return null;
        }
        DType dtype = dtype(named, scope);
        if (dtype == null) {
            return null;
        }
        var dims = new ArrayList<org.nnlang.compiler.ir.Dim>();
        var axes = new ArrayList<List<Tag>>();
        for (Dimension entry : named.shape() == null ? List.<Dimension>of() : named.shape()) {
            switch (entry) {
                case Dimension.Size(Expression value) -> {
                    Conversions.Sized size = elaboration.conversions
                            .size(elaboration.expressions.evaluate(value, scope), value.span(), scope);
                    dims.add(size.dim());
                    axes.add(size.tags());
                }
                case Dimension.Group group -> {
                    String key = group.name() == null ? Unification.GROUP : group.name().text();
                    Binding binding = scope.find(key);
                    Value value = binding == null ? Value.UNKNOWN : binding.value();
                    Conversions.Shaped shaped = elaboration.conversions.shape(value, group.span(), scope);
                    dims.addAll(shaped.shape().dims());
                    axes.addAll(shaped.axes());
                }
            }
        }
        return new Typed(new TensorType(dtype, new Shape(dims)), axes);
    }
}
