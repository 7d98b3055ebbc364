package org.nnlang.compiler.lower;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Parameter;
import org.nnlang.compiler.syntax.Parsed;
import org.nnlang.compiler.syntax.Parser;
import org.nnlang.compiler.syntax.TypeExpression;
import org.nnlang.compiler.type.ForeignNames;
import org.nnlang.compiler.type.NameCheck;
import org.nnlang.runtime.tensor.DType;

/// The hyper-parameters of a program: their defaults, or what the run sets instead.
final class Hyperparameters {
    /// What the name of an input begins with that stands for a number nobody gives.
    static final String SYMBOL = "?";

    private final Elaboration elaboration;
    private final Map<String, String> settings;
    private final Map<String, Expression> expressions = new HashMap<>();
    private final Set<String> earlier = new HashSet<>();
    private final Map<String, String> types = new HashMap<>();

    /// @param settings name → text of an expression
    Hyperparameters(Elaboration elaboration, Map<String, String> settings) {
        this.elaboration = elaboration;
        this.settings = settings;
    }

    /// Binds `parameters` in `scope`. What has neither a default nor a setting is an error, or unknown where the
    /// program is only checked.
    ///
    /// @param otherwise names that may be set though nobody declares them
    List<Hyperparameter> bind(
            String program, List<Parameter> parameters, Scope scope, List<String> otherwise, Span declared) {
        var names = new ArrayList<>(parameters.stream().map(p -> p.name().text()).toList());
        for (String setting : settings.keySet()) {
            if (!names.contains(setting) && !otherwise.contains(setting)) {
                var file = new SourceFile(place(setting), setting + "=" + settings.getOrDefault(setting, ""));
                elaboration.diagnostics.add(Diagnostic.of(
                        Code.UNKNOWN_ARGUMENT,
                        file.whole(),
                        "`" + program + "` has no hyper-parameter `" + setting + "`")
                        .also(declared, "`" + program + "` is declared here")
                        .help(ForeignNames.ofArgument(setting, file.span(0, setting.length()), names,
                                names.isEmpty() ? "it has none" : "it has " + String.join(", ", names)).text()));
            }
        }
        var result = new ArrayList<Hyperparameter>();
        for (Parameter parameter : parameters) {
            String name = parameter.name().text();
            types.put(name, type(parameter));
            Value[] value = {Value.UNKNOWN};
            boolean done = elaboration.statements.guard(parameter.span(), scope,
                    () -> value[0] = value(parameter, scope, program));
            Value bound = done ? value[0] : Value.UNKNOWN;
            if (bound instanceof Value.IntValue(Dim dim, List<Tag> tags)) {
                bound = new Value.IntValue(dim, Tag.prefix(new Tag(scope.frame().id(), name), tags));
            }
            earlier.add(name);
            scope.bind(new Binding(
                    name, Binding.Kind.PARAMETER, parameter.name().span(), parameter.fallback(), null, bound));
            elaboration.types.parameter(parameter, bound);
            result.add(new Hyperparameter(
                    name,
                    type(parameter),
                    DataBuiltins.plain(bound),
                    text(bound, parameter)));
        }
        return result;
    }

    private String text(Value value, Parameter parameter) {
        String setting = settings.get(parameter.name().text());
        if (setting != null) {
            return setting;
        }
        return switch (value) {
            case Value.StringValue(String text) -> Describe.quoted(text);
            case Value.IntValue _, Value.FloatValue _, Value.BoolValue _, Value.ListValue _, Value.DataValue _ ->
                Describe.text(value);
            case Value.Quotient _, Value.Remainder _, Value.Condition _, Value.TupleValue _, Value.TensorValue _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.ModuleValue _, Value.UnitValue _, Value.UnknownValue _ ->
                parameter.fallback() == null ? "" : parameter.fallback().span().text();
        };
    }

    /// As the program writes it, or the empty string.
    private static String type(Parameter parameter) {
        return parameter.type() == null ? "" : parameter.type().span().text();
    }

    private Value value(Parameter parameter, Scope scope, String program) {
        String name = parameter.name().text();
        Expression expression = setting(name, scope);
        if (expression == null) {
            expression = parameter.fallback();
        }
        if (expression == null) {
            if (elaboration.isSymbolic()) {
                return symbol(elaboration, parameter);
            }
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.MISSING_ARGUMENT,
                            parameter.span(),
                            "`" + program + "` needs a value for `" + name + "`")
                            .help("give it a default, or set it: `--set " + name + "=…`, in Java `."
                                    + (type(parameter).equals("Data") ? "data" : "set") + "(\"" + name + "\", …)`"));
        }
        Value value = elaboration.expressions.evaluate(expression, scope);
        if (parameter.type() == null) {
            return value;
        }
        return elaboration.inputs.compileTime(
                parameter.type(), Given.of(value, expression.span()), "`" + name + "`", scope, scope, parameter.span());
    }

    /// The expression that `name` is set to; null where it is not set. It may name the parameters before it.
    @Nullable
    Expression setting(String name, Scope scope) {
        String text = settings.get(name);
        return text == null ? null : expressions.computeIfAbsent(name, _ -> parsed(name, text, scope));
    }

    private String place(String setting) {
        return elaboration.context.sources().placeOfSetting(setting);
    }

    private Expression parsed(String name, String text, Scope scope) {
        Parsed parsed = Parser.parse(new SourceFile(place(name), "val " + name + " = " + text));
        elaboration.diagnostics.addAll(parsed.diagnostics());
        return parsed.module().declarations().size() == 1
                && parsed.module().declarations().getFirst() instanceof Declaration.Constant constant
                && NameCheck.check(
                        constant.value(), earlier, scope.module(), elaboration.context.own().names(),
                        unknown -> way(name, unknown), elaboration.diagnostics)
                                ? constant.value()
                                : new Expression.Invalid(parsed.module().span());
    }

    /// What to write where a setting is a word that nothing is called: a value, as nothing can be declared there.
    private String way(String name, String unknown) {
        return switch (types.getOrDefault(name, "Int")) {
            case "Int" -> "`" + name + "` is an Int: write a number, such as `10`";
            case "Float" -> "`" + name + "` is a Float: write a number, such as `0.01` or `3e-4`";
            case "Bool" -> "`" + name + "` is a Bool: write `true` or `false`";
            case "String" -> "`" + name + "` is a String: write it in quotes, `\"" + unknown + "\"`";
            case "Data" -> "`" + name + "` is a Data: write where it comes from, such as `csv(\"FILE\")`";
            default -> "write an expression of what the program and the library declare";
        };
    }

    /// What stands for a parameter where nobody calls the declaration.
    static Value symbol(Elaboration elaboration, Parameter parameter) {
        if (!(parameter.type() instanceof TypeExpression.Named named)) {
            return Value.UNKNOWN;
        }
        return switch (named.name().text()) {
            case "Int" -> new Value.IntValue(Dim.symbol(parameter.name().text()));
            case "Float", "Schedule" ->
                new Value.TensorValue(
                        elaboration.graph.input(SYMBOL + parameter.name().text(), TensorType.scalar(DType.F32)));
            default -> Value.UNKNOWN;
        };
    }

    /// Whether a tensor is computed from something that a call would give as a number, or as anything else.
    static boolean hasSymbol(Node root) {
        var waiting = new ArrayDeque<Node>(List.of(root));
        var seen = new BitSet();
        while (!waiting.isEmpty()) {
            Node node = waiting.pop();
            if (node.form() instanceof Form.Input(String name, TensorType _) && name.startsWith(SYMBOL)) {
                return true;
            }
            for (Node input : node.inputs()) {
                if (!seen.get(input.id())) {
                    seen.set(input.id());
                    waiting.push(input);
                }
            }
        }
        return false;
    }
}
