package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Edit;
import org.nnlang.compiler.diagnostic.Fix;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.type.ForeignNames;
import org.nnlang.compiler.type.ModuleScope;
import org.nnlang.compiler.type.Symbol;
import org.nnlang.runtime.Nearest;

/// What stands behind a dot.
final class Members {
    private final Elaboration elaboration;
    private final DataMembers data;

    Members(Elaboration elaboration) {
        this.elaboration = elaboration;
        this.data = new DataMembers(elaboration);
    }

    DataMembers data() {
        return data;
    }

    Value select(Value target, Expression.Select select, Scope scope) {
        String name = select.member().text();
        elaboration.types.members(select.member().span(), () -> names(target));
        return switch (target) {
            case Value.UnknownValue _ -> target;
            case Value.TupleValue tuple -> {
                int place = tuple.names().indexOf(name);
                if (place < 0) {
                    var names = tuple.names().stream().filter(Objects::nonNull).toList();
                    throw unknown(
                            select,
                            scope,
                            "this tuple has no member `" + name + "`",
                            names.isEmpty()
                                    ? Help.of("its parts have no names: take it apart with `val (a, b) = …`")
                                    : Help.nearest(name, select.member().span(), names, "it has " + listed(names)));
                }
                yield tuple.elements().get(place);
            }
            case Value.LayerValue(LayerInstance layer) -> layer(layer, select, scope);
            case Value.DataValue value -> data.select(value, name, select.member().span(), scope);
            case Value.ModuleValue(ModuleScope module) -> module(module, select);
            case Value.TensorValue tensor ->
                throw unknown(
                        select,
                        scope,
                        "a tensor has no members",
                        ofTensor(name, select, scope));
            case Value.ListValue _ ->
                throw unknown(select, scope, "a list has no members", name.equals("length") || name.equals("size")
                        ? function("its length is", "len", "list", "", select)
                        : Help.of("its length is `len(list)`"));
            case Value.FunctionValue(Callable callable) when name.equals("params") ->
                throw unknown(
                        select,
                        scope,
                        "`" + callable.name() + "` has no parameters of its own",
                        Help.of("a layer has: bind it first, as in `val net = …`"));
            case Value.IntValue _, Value.FloatValue _, Value.Quotient _, Value.Remainder _, Value.BoolValue _, Value.Condition _, Value.StringValue _, Value.FunctionValue _, Value.OptimizerValue _, Value.UnitValue _ ->
                throw unknown(select, scope, Describe.what(target) + " has no members", null);
        };
    }

    /// All that can stand behind the dot.
    private Collection<String> names(Value target) {
        return switch (target) {
            case Value.TupleValue tuple -> tuple.names().stream().filter(Objects::nonNull).toList();
            case Value.LayerValue(LayerInstance layer) -> names(layer);
            case Value.DataValue value -> DataMembers.names(value);
            case Value.ModuleValue(ModuleScope module) -> module.exportedNames();
            case Value.UnknownValue _, Value.TensorValue _, Value.ListValue _, Value.FunctionValue _, Value.IntValue _, Value.FloatValue _, Value.Quotient _, Value.Remainder _, Value.BoolValue _, Value.Condition _, Value.StringValue _, Value.OptimizerValue _, Value.UnitValue _ ->
                List.of();
        };
    }

    private Collection<String> names(LayerInstance layer) {
        String prefix = layer.prefix();
        var names = new TreeSet<String>();
        for (Variables.Variable variable : elaboration.variables.all()) {
            if (variable.name().startsWith(prefix)) {
                String rest = variable.name().substring(prefix.length());
                names.add(rest.contains(".") ? rest.substring(0, rest.indexOf('.')) : rest);
            }
        }
        names.add("params");
        return names;
    }

    /// What stands behind a tensor's dot elsewhere.
    private Help ofTensor(String name, Expression.Select select, Scope scope) {
        return switch (name) {
            case "shape" -> function("its shape is", "shape", "x", "", select);
            case "T", "mT", "t" -> function("its transpose is", "transpose", "x", "", select);
            case "size", "numel" -> Help.of("its number of elements is `product(shape(x))`");
            case "ndim", "dim" -> function("its number of axes is", "rank", "x", "", select);
            case "dtype" -> Help.of("`f32(x)`, `i32(x)` and `bool(x)` give it another");
            case "float" -> function("it is", "f32", "x", "", select);
            case "int", "long" -> function("it is", "i32", "x", "", select);
            case "astype", "to", "type" -> Help.of("another dtype is `f32(x)`, `i32(x)` or `bool(x)`");
            case "device", "cuda", "cpu" -> Help.of("a whole run has one device: `--device` of the command says which");
            case "grad" -> Help.of("a gradient is an expression: `grad(loss, x)`");
            case "backward" -> Help.of("`minimize loss with Adam(1e-3)` differentiates and updates");
            case "detach" -> function("it is", "stop_gradient", "x", "", select);
            case "item", "numpy", "tolist" -> Help.of("a step shows numbers with `report name = …`");
            case "view" -> Help.of("it is `reshape(x, [2, -1])`");
            default -> {
                var functions = new TreeSet<>(elaboration.context.own().names());
                functions.addAll(scope.module().names());
                yield functions.contains(name)
                        ? function("functions are called with the tensor:", name, "x", " or `x |> " + name + "`",
                                select)
                        : ForeignNames.ofName(name, select.member().span())
                                .map(help -> Help.of(help.text()))
                                .or(() -> Nearest.of(name, functions)
                                        .map(near -> function("did you mean", near, "x", "?", select)))
                                .orElse(Help
                                        .of("its shape is `shape(x)`, and functions are called with it: `mean(x)` or"
                                                + " `x |> mean`"));
            }
        };
    }

    /// To call a function with what stands before the dot, and first of its arguments.
    ///
    /// @param argument what the words call that
    private static Help function(
            String before, String function, String argument, String behind, Expression.Select select) {
        SourceFile file = select.span().file();
        // With its parentheses, if it has some.
        int start = select.span().start();
        int dot = file.text().lastIndexOf('.', select.member().span().start());
        String target = file.text().substring(start, dot);
        int end = select.span().end();
        boolean called = file.text().startsWith("(", end);
        boolean alone = called && file.text().startsWith(")", Fix.withBlanks(file.span(end, end + 1)).end());
        String shown = target.length() > 24 || target.contains("\n") ? argument : target;
        var fix = new Fix("write `" + function + "(" + shown + (called && !alone ? ", …" : "") + ")`", List.of(
                new Edit(file.span(start, start), function + "("),
                new Edit(file.span(dot, called ? end + 1 : end), !called ? ")" : alone ? "" : ", ")));
        return new Help(before + " `" + function + "(" + argument + ")`" + behind, List.of(fix));
    }

    private RuntimeException unknown(
            Expression.Select select, Scope scope, String message, @Nullable Help help) {
        Diagnostic diagnostic = Diagnostic.of(Code.UNKNOWN_MEMBER, select.member().span(), message);
        return elaboration.fail(scope, help == null ? diagnostic : diagnostic.help(help));
    }

    /// `net.params`, `embed.W`, `net.encoder`.
    private Value layer(LayerInstance layer, Expression.Select select, Scope scope) {
        String name = select.member().text();
        String prefix = layer.prefix();
        if (elaboration.variables.layer(layer.name()) == null) {
            elaboration.calls.applyAgain(layer, select.span(), scope);
        }
        List<Variables.Variable> parameters = elaboration.variables.parameters(prefix);
        if (name.equals("params")) {
            if (elaboration.variables.layer(layer.name()) == null) {
                throw notYet(layer, select, scope);
            }
            var all = new ArrayList<Value>();
            for (Variables.Variable parameter : parameters) {
                all.add(elaboration.variables.read(parameter.name(), Value.UNIT));
            }
            return new Value.ListValue(all);
        }
        if (elaboration.variables.find(prefix + name) != null) {
            return elaboration.variables.read(prefix + name, Value.UNIT);
        }
        LayerInstance inner = elaboration.variables.layer(prefix + name);
        if (inner != null) {
            return new Value.LayerValue(inner);
        }
        if (elaboration.mayBeApplied()) {
            return Value.UNKNOWN;
        }
        if (elaboration.variables.layer(layer.name()) == null) {
            throw notYet(layer, select, scope);
        }
        Collection<String> names = names(layer);
        throw unknown(
                select,
                scope,
                "`" + layer + "` has no parameter `" + name + "`",
                Help.nearest(name, select.member().span(), names, "it has " + listed(List.copyOf(names))));
    }

    private RuntimeException notYet(LayerInstance layer, Expression.Select select, Scope scope) {
        if (elaboration.mayBeApplied()) {
            return new Operators.Unsure();
        }
        return elaboration.fail(
                scope,
                Diagnostic.of(
                        Code.NO_PARAMETERS_YET,
                        select.span(),
                        "`" + layer
                                + "` has no parameters before it is first applied: their shapes come from its input")
                        .also(layer.site, "made here")
                        .help(elaboration.statements.program instanceof TrainLowering
                                && !elaboration.training
                                && !elaboration.judging
                                        ? "apply it in the `step`, and write this behind that"
                                        : "apply it in a statement above this one"));
    }

    private Value module(ModuleScope module, Expression.Select select) {
        Symbol.Declared found = module.exported(select.member().text());
        if (found == null) {
            return Value.UNKNOWN;
        }
        return switch (found.declaration()) {
            case Declaration.Function function ->
                new Value.FunctionValue(new Callable.Function(function, module, null));
            case Declaration.Layer layer -> new Value.FunctionValue(new Callable.Layer(layer, module));
            case Declaration.Optimizer optimizer -> new Value.FunctionValue(new Callable.Optimizer(optimizer, module));
            case Declaration.Constant constant ->
                elaboration.constants.value(
                        constant, module, select.span(), Scope.top(module, elaboration.outermost("", null, "")));
            case Declaration.Train _, Declaration.Test _ -> Value.UNKNOWN;
        };
    }

    private static String listed(List<String> names) {
        return names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    }
}
