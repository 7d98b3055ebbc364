package org.nnlang.compiler.binding;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nnlang.compiler.lower.ModelProgram;
import org.nnlang.runtime.program.Extent;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Port;
import org.nnlang.runtime.tensor.DType;

/// A Java class for a compiled model, as source text: it loads the model, makes its inputs from arrays, and gives its
/// outputs, all under the program's names. It needs the runtime alone.
public final class ModelClass {
    private static final Set<String> METHODS = Set.of(
            "load", "model", "on", "predict", "clone", "equals", "finalize", "getClass", "hashCode", "notify",
            "notifyAll",
            "toString", "wait");

    private static final Map<String, String> IMPORTS = Stream.of(
            "java.io.IOException", "java.io.InputStream", "java.lang.invoke.MethodHandles", "java.nio.file.Path",
            "java.util.LinkedHashMap", "java.util.Map", "org.nnlang.runtime.checkpoint.Checkpoint",
            "org.nnlang.runtime.kernel.Team", "org.nnlang.runtime.model.Model",
            "org.nnlang.runtime.program.Accelerator", "org.nnlang.runtime.tensor.Tensor")
            .collect(Collectors.toMap(name -> name.substring(name.lastIndexOf('.') + 1), name -> name));

    private static final Pattern TYPE = Pattern.compile("\\$(\\w+)");

    private final String packageName;
    private final ModelProgram program;
    private final Image image;
    private final Map<Port, String> inputs = new LinkedHashMap<>();
    private final Map<Port, String> outputs = new LinkedHashMap<>();

    private ModelClass(String packageName, ModelProgram program, Image image) {
        this.packageName = packageName;
        this.program = program;
        this.image = image;
        var names = new JavaNames(METHODS);
        image.inputs().forEach(port -> inputs.put(port, names.of(port.name())));
        var components = new JavaNames(METHODS);
        image.outputs().forEach(port -> outputs.put(port, components.of(port.name())));
    }

    /// The text of the class, which is called like the model.
    ///
    /// @param image of the model's program
    public static String source(String packageName, ModelProgram program, Image image) {
        return new ModelClass(packageName, program, image).text();
    }

    /// What the model is called among the resources of a jar: its class's full name.
    public static String resource(String packageName, String model) {
        return packageName + "." + model;
    }

    private String text() {
        String name = program.name();
        var text = new StringBuilder();
        text.append("// Made by nn from the model of this name: changes are lost.\n");
        text.append("package ").append(packageName).append(";\n\n");
        IMPORTS.values().stream().filter(imported -> !imported.endsWith("." + name)).sorted()
                .forEach(imported -> text.append("import ").append(imported).append(";\n"));
        text.append('\n').append(documentation());
        text.append("public final class ").append(name).append(" {\n");
        text.append("    private static final String NAME = \"").append(resource(packageName, name)).append("\";\n\n");
        text.append(code("    private final $Model model;\n\n"));
        text.append("    private ").append(name).append(code("($Model model) {\n        this.model = model;\n    }\n"));
        text.append(loaders());
        inputs.forEach((port, method) -> text.append(input(port, method)));
        text.append(predict());
        text.append(code("""

                    /// The same model on a device, with a copy of the weights there, until the device is closed.
                    ///
                    /// @param device such as `Devices.probe().open("opencl")` gives; null for the processor
                    /// @throws org.nnlang.runtime.NnException NN0862 where it does not fit, NN0861 where the device fails
                    public $SELF on($Accelerator device) {
                        return new $SELF(model.on(device));
                    }

                    /// The model itself, whose inputs and outputs are known by their names in the program.
                    public $Model model() {
                        return model;
                    }
                """));
        return text.append("}\n").toString();
    }

    /// Java code in which `$Type` stands for a class of the runtime or the JDK: its simple name, unless the model has it.
    private String code(String text) {
        return TYPE.matcher(text).replaceAll(type -> {
            String simple = type.group(1);
            boolean known = IMPORTS.containsKey(simple) && !simple.equals(program.name());
            return Matcher.quoteReplacement(known ? simple : IMPORTS.getOrDefault(simple, program.name()));
        });
    }

    private String documentation() {
        var text = new StringBuilder();
        if (!program.documentation().isBlank()) {
            program.documentation().strip().lines().forEach(line -> text.append(comment("", line)));
            text.append("///\n");
        }
        text.append(comment("", "| | | |"));
        text.append(comment("", "|---|---|---|"));
        inputs.keySet()
                .forEach(port -> text.append(comment("", "| input | `" + port.name() + "` | `" + type(port) + "` |")));
        outputs.keySet()
                .forEach(port -> text.append(comment("", "| output | `" + port.name() + "` | `" + type(port) + "` |")));
        text.append("///\n");
        text.append(comment("",
                "Safe for several threads, which take turns; load it once for each to compute at the same time."));
        return text.toString();
    }

    private String loaders() {
        return code("""

                    /// Loads the model with the weights that were packaged with it.
                    ///
                    /// @throws org.nnlang.runtime.NnException NN0823 where none were
                    public static $SELF load() {
                        return new $SELF($Model.load($MethodHandles.lookup(), NAME, $Team.of(1)));
                    }

                    /// Loads the model with the weights of a checkpoint's file.
                    ///
                    /// @throws org.nnlang.runtime.NnException NN0801 where there is no such file, NN0802 and NN0803 where it
                    ///     can't be read, NN0822 where it is of another model
                    public static $SELF load($Path checkpoint) {
                        return load($Checkpoint.read(checkpoint), $Team.of(1));
                    }

                    /// Loads the model with the weights of a checkpoint that a stream holds, to its end; it is not closed.
                    ///
                    /// @throws IOException where the stream breaks off
                    /// @throws org.nnlang.runtime.NnException as for a file
                    public static $SELF load($InputStream checkpoint) throws $IOException {
                        return load($Checkpoint.read(checkpoint, "the checkpoint"), $Team.of(1));
                    }

                    /// Loads the model with weights, to compute with a team of threads.
                    ///
                    /// @throws org.nnlang.runtime.NnException NN0822 where they are of another model
                    public static $SELF load($Checkpoint weights, $Team team) {
                        return new $SELF($Model.load($MethodHandles.lookup(), NAME, team, weights));
                    }
                """);
    }

    /// A method that makes an input from an array, where its shape can be told.
    private String input(Port port, String method) {
        List<Extent> shape = port.shape().stream().map(axis -> image.extents().get(axis)).toList();
        if (shape.stream().flatMap(extent -> extent.terms().stream()).anyMatch(term -> term.denominator() != 1)) {
            return "";
        }
        List<Integer> symbols = shape.stream().flatMap(extent -> extent.terms().stream())
                .flatMap(term -> term.symbols().stream()).distinct().toList();
        boolean derived = symbols.size() == 1
                && shape.stream().allMatch(extent -> isConstant(extent) || isSymbol(extent))
                && shape.stream().filter(ModelClass::isSymbol).count() == 1;
        String element = port.dtype().isFloat() ? "float" : "int";
        var names = new JavaNames(Set.of("values", "examples"));
        Map<Integer, String> sizes = new LinkedHashMap<>();
        symbols.forEach(symbol -> sizes.put(symbol, names.of(image.symbols().get(symbol))));

        var text = new StringBuilder("\n");
        text.append(comment("    ", "The input `" + port.name() + "`, `" + type(port) + "`."));
        text.append("    ///\n");
        text.append(comment("    ", "@param values row-major" + (port.dtype() == DType.U8 ? ", each 0 to 255" : "")
                + (port.dtype() == DType.BOOL ? ", each 0 or 1" : "") + "; the array is not copied"));
        if (!derived) {
            sizes.forEach((symbol, java) -> text
                    .append(comment("    ", "@param " + java + " the size `" + image.symbols().get(symbol) + "`")));
        }
        text.append("    /// @throws IllegalArgumentException where their number does not fit the shape\n");
        text.append(code("    public static $Tensor ")).append(method).append('(');
        String call;
        if (derived) {
            long one = shape.stream().filter(ModelClass::isConstant).mapToLong(extent -> extent.evaluate(new long[0]))
                    .reduce(1, Math::multiplyExact);
            text.append(element).append("... values) {\n");
            if (one > 1) {
                text.append("        if (values.length % ").append(one).append(" != 0) {\n");
                text.append("            throw new IllegalArgumentException(\"`").append(port.name()).append("` is ")
                        .append(type(port)).append(": \" + values.length + \" numbers are no multiple of ").append(one)
                        .append("\");\n        }\n");
            }
            call = dimensions(shape, Map.of(symbols.getFirst(), one > 1 ? "values.length / " + one : "values.length"));
        } else {
            text.append(element).append(sizes.isEmpty() ? "... values" : "[] values");
            sizes.values().forEach(size -> text.append(", int ").append(size));
            text.append(") {\n");
            call = dimensions(shape, sizes);
        }
        text.append(code("        return $Tensor.of("));
        if (!port.dtype().isFloat() && port.dtype() != DType.I32) {
            text.append("org.nnlang.runtime.tensor.DType.").append(port.dtype().name()).append(", ");
        }
        return text.append("values").append(call).append(");\n    }\n").toString();
    }

    private static String dimensions(List<Extent> shape, Map<Integer, String> sizes) {
        return shape.stream().map(extent -> ", " + expression(extent, sizes)).collect(Collectors.joining());
    }

    /// A polynomial with whole coefficients, in Java.
    private static String expression(Extent extent, Map<Integer, String> sizes) {
        if (extent.terms().isEmpty()) {
            return "0";
        }
        return extent.terms().stream().map(term -> {
            var factors = new ArrayList<String>();
            if (term.numerator() != 1 || term.symbols().isEmpty()) {
                factors.add(Long.toString(term.numerator()));
            }
            term.symbols().forEach(symbol -> factors.add(sizes.getOrDefault(symbol, "")));
            return String.join(" * ", factors);
        }).collect(Collectors.joining(" + "));
    }

    private static boolean isConstant(Extent extent) {
        return extent.terms().stream().allMatch(term -> term.symbols().isEmpty());
    }

    private static boolean isSymbol(Extent extent) {
        return extent.terms().size() == 1
                && extent.terms().getFirst().numerator() == 1
                && extent.terms().getFirst().symbols().size() == 1;
    }

    private String predict() {
        boolean several = outputs.size() > 1;
        String record = program.name().equals("Outputs") ? "Results" : "Outputs";
        var text = new StringBuilder("\n");
        if (several) {
            text.append("    /// The outputs.\n    ///\n");
            outputs.forEach(
                    (port, component) -> text.append(comment("    ", "@param " + component + " `" + type(port) + "`")));
            text.append("    public record ").append(record).append('(');
            text.append(outputs.values().stream().map(component -> code("$Tensor ") + component)
                    .collect(Collectors.joining(", "))).append(") {}\n\n");
        }
        text.append("    /// Computes the output").append(several ? "s" : "")
                .append(" for inputs of any sizes that fit.\n    ///\n");
        inputs.forEach((port, method) -> text.append(comment("    ", "@param " + method + " `" + type(port) + "`")));
        if (!several) {
            outputs.keySet().forEach(port -> text.append(comment("    ", "@return `" + type(port) + "`")));
        }
        text.append("    /// @throws org.nnlang.runtime.NnException NN0821 where an input has another type or shape\n");
        text.append("    public ").append(several ? record : code("$Tensor")).append(" predict(");
        text.append(inputs.values().stream().map(input -> code("$Tensor ") + input).collect(Collectors.joining(", ")));
        text.append(code(") {\n        $Map<String, $Tensor> inputs_ = new $LinkedHashMap<>();\n"));
        inputs.forEach((port, input) -> text.append("        inputs_.put(\"").append(port.name()).append("\", ")
                .append(input).append(");\n"));
        if (several) {
            text.append(code("        $Map<String, $Tensor> outputs_ = model.predict(inputs_);\n"));
        }
        String results = outputs.keySet().stream()
                .map(port -> (several ? "outputs_" : "model.predict(inputs_)") + ".get(\"" + port.name() + "\")")
                .collect(Collectors.joining(", "));
        return text.append("        return ").append(several ? "new " + record + "(" + results + ")" : results)
                .append(";\n    }\n").toString();
    }

    private String type(Port port) {
        return port.dtype()
                + (port.shape().isEmpty()
                        ? ""
                        : port.shape().stream().map(axis -> image.extents().get(axis).toString(image.symbols()))
                                .toList()
                                .toString());
    }

    /// A line of documentation. A backslash could begin a character's number, which Java reads even here.
    private static String comment(String indentation, String line) {
        return indentation + "///" + (line.isEmpty() ? "" : " ") + line.replace("\\", "\\\\") + "\n";
    }
}
