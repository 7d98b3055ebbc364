package org.nnlang;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A `model` written in Java. It is the model that its [text][#source()] declares, and goes the same way as one in a file.
///
/// ```java
/// Size batch = Size.named("batch");
/// Value x = Value.input("x", batch, Size.of(784));
/// Value logits = x
///         .then(Fn.layer("Dense", 128, Fn.named("relu")))
///         .then(Fn.layer("Dropout", 0.2))
///         .then(Fn.layer("Dense", 10));
/// ModelDefinition digits = ModelDefinition.of("Digits", List.of(x), logits);
/// ```
///
/// Immutable. What it names is known when its program is [checked][Program#check()], which also shows the text.
public final class ModelDefinition {
    private final String name;
    private final String documentation;
    private final List<Value> inputs;
    private final Map<String, Value> outputs;

    private ModelDefinition(String name, String documentation, List<Value> inputs, Map<String, Value> outputs) {
        this.name = Names.checked(name);
        this.documentation = documentation;
        this.inputs = List.copyOf(inputs);
        this.outputs = outputs;
        outputs.keySet().forEach(Names::checked);
        var names = new HashSet<String>();
        for (Value input : inputs) {
            if (!(input.code().form() instanceof Code.Input(String inputName, String _))) {
                throw new IllegalArgumentException("`" + input + "` is no input: inputs are made by Value.input(…)");
            }
            if (!names.add(inputName)) {
                throw new IllegalArgumentException("two inputs are called `" + inputName + "`");
            }
        }
        for (Value output : outputs.values()) {
            if (!output.code().free().isEmpty()) {
                throw new IllegalArgumentException(
                        "`" + name
                                + "` has an output made of a parameter of a function, which means nothing outside of it");
            }
        }
        for (Code used : writer().given()) {
            if (used.form() instanceof Code.Input(String inputName, String _)
                    && inputs.stream().noneMatch(input -> input.code() == used)) {
                throw new IllegalArgumentException(
                        "`" + name + "` computes with an input `" + inputName + "` that is not among its inputs");
            }
        }
        for (var hyper : hyperparameters()) {
            if (!names.add(hyper.name())) {
                throw new IllegalArgumentException(
                        "several inputs or hyper-parameters of `" + name + "` are called `" + hyper.name() + "`");
            }
        }
    }

    /// A model with one output, which `predict` gives as `out`.
    ///
    /// @param name begins with a capital letter, as in the language
    /// @param inputs made by [Value#input]
    /// @throws IllegalArgumentException where `output` uses another input, or `name` is none
    public static ModelDefinition of(String name, List<Value> inputs, Value output) {
        return new ModelDefinition(name, "", inputs, Map.of("out", output));
    }

    /// A model with several outputs, by the names under which `predict` gives them, in the map's order.
    ///
    /// @param inputs made by [Value#input]
    /// @throws IllegalArgumentException where there is no output, an output uses another input, or `name` is none
    public static ModelDefinition of(String name, List<Value> inputs, Map<String, Value> outputs) {
        if (outputs.isEmpty()) {
            throw new IllegalArgumentException("`" + name + "` needs an output");
        }
        return new ModelDefinition(name, "", inputs, new LinkedHashMap<>(outputs));
    }

    /// The same model with a documentation, in Markdown.
    public ModelDefinition documented(String text) {
        return new ModelDefinition(name, text, inputs, outputs);
    }

    public String name() {
        return name;
    }

    /// The model in the language: what a `.nn` file would hold.
    public String source() {
        CodeWriter writer = writer();
        List<String> results = writer.results();
        var text = new StringBuilder();
        documentation.lines().forEach(line -> text.append(("/// " + line).strip()).append('\n'));
        text.append("model ").append(name).append('(')
                .append(hyperparameters().stream().map(hyper -> hyper.name() + ": Int = " + hyper.fallback())
                        .collect(Collectors.joining(", ")))
                .append(")(")
                .append(inputs.stream().map(ModelDefinition::parameter).collect(Collectors.joining(", ")))
                .append(')').append(result());
        String value = results.size() == 1 ? results.getFirst() : "(" + String.join(", ", results) + ")";
        if (writer.statements().isEmpty()) {
            return text.append(" = ").append(value).append('\n').toString();
        }
        text.append(" {\n");
        writer.statements().forEach(statement -> text.append(statement).append('\n'));
        return text.append("    ").append(value).append("\n}\n").toString();
    }

    /// The program that holds this model alone.
    public Program program() {
        return program("");
    }

    /// The program that holds this model and what `rest` says, in the language: a `train`, or `test`s.
    public Program program(String rest) {
        return program(List.of(this), rest);
    }

    /// The program that holds several models, which may not use one another, and what `rest` says, in the language.
    ///
    /// @throws IllegalArgumentException where there is none
    public static Program program(List<ModelDefinition> models, String rest) {
        if (models.isEmpty()) {
            throw new IllegalArgumentException("a program needs a model");
        }
        return Program.made(
                models.getFirst().name,
                Stream.concat(models.stream().map(ModelDefinition::source),
                        Stream.of(rest).filter(text -> !text.isBlank()))
                        .collect(Collectors.joining("\n")));
    }

    /// Its text.
    @Override
    public String toString() {
        return source();
    }

    private CodeWriter writer() {
        return new CodeWriter(new ArrayList<>(outputs.values().stream().map(Term::code).toList()));
    }

    /// Those that inputs or outputs use, in the order of their use; equal ones are one.
    private List<Code.Hyper> hyperparameters() {
        return Stream.concat(inputs.stream(), outputs.values().stream())
                .flatMap(value -> new CodeWriter(List.of(value.code())).given().stream()).map(Code::form)
                .filter(Code.Hyper.class::isInstance).map(Code.Hyper.class::cast).distinct().toList();
    }

    private static String parameter(Value input) {
        if (!(input.code().form() instanceof Code.Input(String name, String dtype))) {
            throw new IllegalStateException("no input: " + input);
        }
        List<String> shape = new CodeWriter(input.code().operands()).results();
        return name + ": " + dtype + (shape.isEmpty() ? "" : "[" + String.join(", ", shape) + "]");
    }

    /// Names for several outputs, whose types are as they come.
    private String result() {
        if (outputs.size() == 1 && outputs.containsKey("out")) {
            return "";
        }
        return outputs.keySet().stream().map(output -> output + ": T[...]")
                .collect(Collectors.joining(", ", " -> (", ")"));
    }
}
