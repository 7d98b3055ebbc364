import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.nnlang.compiler.lower.Builtins;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Dimension;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Parameter;
import org.nnlang.compiler.syntax.Parser;
import org.nnlang.compiler.syntax.TypeExpression;
import org.nnlang.compiler.syntax.UnaryOperator;
import org.nnlang.stdlib.StandardLibrary;

/// Writes the standard library's layers, functions, optimizers and schedules as Kotlin functions, from its `.nn` files. Run by the build:
/// `java -classpath … LayerGenerator.java FOLDER`.
class LayerGenerator {
    private static final Set<String> KEYWORDS = Set.of(
            "as", "break", "class", "continue", "do", "else", "false", "for", "fun", "if", "in", "interface", "is",
            "null", "object", "package", "return", "super", "this", "throw", "true", "try", "typealias", "typeof",
            "val", "var", "when", "while");
    private static final Set<String> TENSORS = Set.of("f32", "i32", "u8", "bool", "T");
    private static final Pattern UNARY = Pattern.compile("([a-z]\\w*)\\(x\\)");
    private static final Pattern SNAKE = Pattern.compile("_([a-z])");
    private static final Pattern NAME_IN_BRACKETS = Pattern.compile("(?<![\\w)`])\\[(\\w+)]");
    private static final Pattern INDEX = Pattern.compile("(?<=[\\w)])\\[(\\w+)]");

    private final Set<String> functions = new LinkedHashSet<>();
    private final StringBuilder layers = new StringBuilder();
    private final StringBuilder library = new StringBuilder();

    void main(String[] arguments) throws IOException {
        var declarations = new ArrayList<Declaration>();
        for (String module : StandardLibrary.modules()) {
            String file = StandardLibrary.fileName(module);
            String text = StandardLibrary.text(module).orElseThrow();
            declarations.addAll(Parser.parse(new SourceFile(file, text)).module().declarations());
        }
        Path folder = Path.of(arguments[0], "org", "nnlang", "kotlin");
        Files.createDirectories(folder);
        builtins();
        for (Declaration declaration : declarations) {
            if (declaration instanceof Declaration.Function function && isPublic(function.header())
                    && function.hyperparameters() == null && isOfTensors(function.inputs())) {
                functions.add(function.name().text());
            }
        }
        for (Declaration declaration : declarations) {
            switch (declaration) {
                case Declaration.Layer layer when isPublic(layer.header()) -> layer(layer);
                case Declaration.Function function when isPublic(function.header()) -> function(function);
                case Declaration.Optimizer optimizer when isPublic(optimizer.header()) ->
                    configured(optimizer.header(), optimizer.name().text(), optimizer.hyperparameters(), false);
                default -> {}
            }
        }
        write(folder.resolve("Layers.kt"), layers);
        write(folder.resolve("Library.kt"), library);
    }

    private static void write(Path file, StringBuilder text) throws IOException {
        Files.writeString(file,
                "// Made from the standard library's .nn files. Do not edit.\n\npackage org.nnlang.kotlin\n\n"
                        + "import org.nnlang.Fn\nimport org.nnlang.Size\nimport org.nnlang.Value\n" + text);
    }

    private static boolean isPublic(Declaration.Header header) {
        return !header.isPrivate();
    }

    /// Functions of one tensor that the language itself has.
    private void builtins() {
        var all = new TreeMap<String, String>();
        for (Builtins.Documented builtin : Builtins.documented()) {
            Matcher unary = UNARY.matcher(builtin.signature());
            if (unary.matches() && !Set.of("shape", "rank").contains(unary.group(1))) {
                all.put(unary.group(1), builtin.documentation());
            }
        }
        all.forEach((name, documentation) -> {
            functions.add(name);
            library.append(documentation("", documentation)).append("public val ").append(camel(name))
                    .append(": Fn = Fn.named(\"")
                    .append(name).append("\")\n");
        });
    }

    private void function(Declaration.Function function) {
        String name = function.name().text();
        if (function.hyperparameters() != null) {
            // An initializer or schedule: with its first list it is a function. One that has none there is written so, too.
            configured(function.header(), name, function.hyperparameters(), false);
            return;
        }
        List<Parameter> inputs = function.inputs();
        if (!isOfTensors(inputs)) {
            return;
        }
        library.append(documentation("", function.header().documentation())).append("public val ").append(camel(name))
                .append(": Fn = Fn.named(\"").append(name).append("\")\n");
        if (inputs.size() > 1) {
            library.append(documentation("", function.header().documentation())).append("public fun ")
                    .append(camel(name))
                    .append('(').append(parameters(inputs, false)).append("): Value =\n    Given(\"").append(name)
                    .append("\")").append(given(inputs)).append(".value()\n");
        }
    }

    private static boolean isOfTensors(List<Parameter> inputs) {
        return !inputs.isEmpty() && isTensor(inputs.getFirst())
                && inputs.stream().allMatch(input -> isTensor(input) || type(input, false) != null);
    }

    private void layer(Declaration.Layer layer) {
        String name = layer.name().text();
        List<Parameter> hyper = layer.hyperparameters();
        configured(layer.header(), name, hyper, true);
        Set<String> taken = hyper.stream().map(each -> each.name().text()).collect(Collectors.toSet());
        List<Parameter> more = layer.inputs().subList(1, layer.inputs().size());
        for (Parameter input : more) {
            if (!taken.add(input.name().text())) {
                throw new IllegalStateException(name + " has two parameters " + input.name());
            }
        }
        for (boolean sizes : hasSizes(hyper) ? new boolean[] {false, true} : new boolean[] {false}) {
            List<String> parts = parts(layer.result());
            String result = parts.isEmpty() ? "Value" : name + "Result";
            String call = "add(" + name + "("
                    + hyper.stream().map(each -> camel(each.name().text())).collect(Collectors.joining(", "))
                    + ")"
                    + more.stream().map(each -> ", \"" + each.name() + "\" to " + camel(each.name().text()))
                            .collect(Collectors.joining())
                    + ")";
            String list = parameters(hyper, sizes) + (hyper.isEmpty() || more.isEmpty() ? "" : ", ")
                    + parameters(more, false);
            layers.append(documentation("", layer.header().documentation())).append("public fun ModelScope.")
                    .append(lower(name))
                    .append('(').append(list).append("): ").append(result).append(" =\n    ");
            layers.append(
                    parts.isEmpty()
                            ? call
                            : name + "Result(" + call + ").also { flow(it." + camel(parts.getFirst()) + ") }")
                    .append('\n');
            if (!parts.isEmpty() && !sizes) {
                layers.append("\n/** What [").append(name).append("] gives. */\npublic class ").append(name)
                        .append("Result internal constructor(private val whole: Value) {\n");
                parts.forEach(part -> layers.append("    public val ").append(camel(part))
                        .append(": Value get() = whole.part(\"")
                        .append(part).append("\")\n"));
                layers.append("}\n");
            }
        }
    }

    private static List<String> parts(TypeExpression result) {
        return result instanceof TypeExpression.Tuple tuple
                ? tuple.items().stream().map(item -> item.name().text()).toList()
                : List.of();
    }

    /// Something with hyper-parameters alone; what takes numbers that may be dimensions has a second form, which takes them.
    private void configured(Declaration.Header header, String name, List<Parameter> hyper, boolean isLayer) {
        StringBuilder out = isLayer ? layers : library;
        if (hyper.stream().anyMatch(each -> type(each, false) == null)) {
            throw new IllegalStateException(
                    name + " has a hyper-parameter of a type that Kotlin's builder does not know");
        }
        for (boolean sizes : hasSizes(hyper) ? new boolean[] {false, true} : new boolean[] {false}) {
            out.append(documentation("", header.documentation()))
                    .append(Character.isUpperCase(name.charAt(0)) ? "@Suppress(\"FunctionName\")\n" : "")
                    .append("public fun ").append(camel(name)).append('(').append(parameters(hyper, sizes))
                    .append("): Fn =\n    Given(\"")
                    .append(name).append("\")").append(given(hyper)).append(isLayer ? ".layer()" : ".function()")
                    .append('\n');
        }
    }

    private static boolean hasSizes(List<Parameter> hyper) {
        return hyper.stream()
                .anyMatch(each -> each.fallback() == null && "Int".equals(type(each, false)) || isSchedule(each));
    }

    private String parameters(List<Parameter> parameters, boolean sizes) {
        var before = new LinkedHashSet<String>();
        var sized = new LinkedHashSet<String>();
        var list = new ArrayList<String>();
        for (Parameter parameter : parameters) {
            boolean other = sizes
                    && (parameter.fallback() == null || isSchedule(parameter)
                            || parameter.fallback() instanceof Expression.Name name && sized.contains(name.text()));
            String type = isTensor(parameter) ? "Value" : type(parameter, other);
            String text = camel(parameter.name().text()) + ": " + type;
            if (parameter.fallback() != null && !(other && isSchedule(parameter))) {
                String fallback = fallback(parameter.fallback(), type, before);
                text += fallback == null ? "? = null" : " = " + fallback;
            }
            before.add(parameter.name().text());
            if (type.equals("Size")) {
                sized.add(parameter.name().text());
            }
            list.add(text);
        }
        return String.join(", ", list);
    }

    /// What hands the parameters on: those that are as the declaration has them are left to it.
    private String given(List<Parameter> parameters) {
        var before = new LinkedHashSet<String>();
        var text = new StringBuilder();
        for (Parameter parameter : parameters) {
            String name = parameter.name().text();
            text.append(".with(\"").append(name).append("\", ").append(camel(name));
            if (parameter.fallback() != null) {
                String type = isTensor(parameter) ? "Value" : type(parameter, false);
                String fallback = fallback(parameter.fallback(), type, before);
                text.append(", ").append(fallback);
            }
            text.append(')');
            before.add(name);
        }
        return text.toString();
    }

    /// A default as Kotlin writes it; null for one that only the language can compute.
    private String fallback(Expression value, String type, Set<String> before) {
        return switch (value) {
            case Expression.IntLiteral number ->
                type.equals("Double") ? number.value() + ".0" : type.equals("Int") ? number.value() + "" : null;
            case Expression.FloatLiteral number -> type.equals("Double") ? Double.toString(number.value()) : null;
            case Expression.BoolLiteral truth -> type.equals("Boolean") ? Boolean.toString(truth.value()) : null;
            case Expression.StringTemplate text when text.plain() != null -> '"' + text.plain() + '"';
            case Expression.Unary(UnaryOperator operator, Expression operand, var _, var _) -> {
                String inner = operator == UnaryOperator.NEGATE ? fallback(operand, type, before) : null;
                yield inner == null ? null : "-" + inner;
            }
            case Expression.ListLiteral list -> {
                List<String> items = new ArrayList<>();
                for (Expression item : list.elements()) {
                    items.add(fallback(item, "Int", before));
                }
                yield items.contains(null) || !type.equals("List<Int>")
                        ? null
                        : items.isEmpty() ? "emptyList<Int>()"
                        : "listOf(" + String.join(", ", items) + ")";
            }
            case Expression.Name name ->
                before.contains(name.text()) || type.equals("Fn") && functions.contains(name.text())
                        ? camel(name.text())
                        : null;
            default -> null;
        };
    }

    private static boolean isSchedule(Parameter parameter) {
        return parameter.type() instanceof TypeExpression.Named named && named.name().text().equals("Schedule");
    }

    private static boolean isTensor(Parameter parameter) {
        return parameter.type() instanceof TypeExpression.Named named && TENSORS.contains(named.name().text());
    }

    /// A type known when compiling, in Kotlin; null for one that has no counterpart.
    private static String type(Parameter parameter, boolean size) {
        if (!(parameter.type() instanceof TypeExpression.Named named)) {
            return null;
        }
        return switch (named.name().text()) {
            case "Int" -> size ? "Size" : "Int";
            case "Float" -> "Double";
            case "Bool" -> "Boolean";
            case "String" -> "String";
            case "Fn" -> "Fn";
            case "Schedule" -> size ? "Fn" : "Double";
            case "List" ->
                named.arguments().getFirst() instanceof TypeExpression.Named item && item.name().text().equals("Int")
                        && item.shape() == (List<Dimension>) null ? "List<Int>" : null;
            default -> null;
        };
    }

    private static String camel(String name) {
        String camel = SNAKE.matcher(name).replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
        return KEYWORDS.contains(camel) ? camel + "Of" : camel;
    }

    /// `LayerNorm` as a function: `layerNorm`; `LSTM` is `lstm`, `RMSNorm` is `rmsNorm`.
    private static String lower(String name) {
        int capitals = 0;
        while (capitals < name.length() && Character.isUpperCase(name.charAt(capitals))) {
            capitals++;
        }
        boolean word = capitals > 1 && capitals < name.length() && Character.isLowerCase(name.charAt(capitals));
        int end = word ? capitals - 1 : capitals;
        return name.substring(0, end).toLowerCase(Locale.ROOT) + name.substring(end);
    }

    private static String documentation(String indent, String text) {
        // Brackets link in Kotlin, too, but to its own names: a name of the language stands as code, an index as itself.
        String linkless = NAME_IN_BRACKETS.matcher(text).replaceAll("`$1`");
        linkless = INDEX.matcher(linkless).replaceAll("\\\\[$1\\\\]");
        return "\n" + indent + "/**\n" + linkless.strip().lines()
                .map(line -> (indent + " * " + line.replace("*/", "* /").replace("/*", "/ *")).stripTrailing() + "\n")
                .collect(Collectors.joining()) + indent + " */\n";
    }
}
