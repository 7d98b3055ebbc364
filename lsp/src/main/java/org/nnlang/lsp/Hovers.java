package org.nnlang.lsp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.lsp4j.Hover;
import org.eclipse.lsp4j.MarkupContent;
import org.eclipse.lsp4j.MarkupKind;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.lower.Manual;
import org.nnlang.compiler.lower.TypeText;
import org.nnlang.compiler.lower.Types;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Annotation;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Parameter;
import org.nnlang.compiler.syntax.Statement;
import org.nnlang.compiler.syntax.TypeExpression;
import org.nnlang.compiler.type.ModuleScope;
import org.nnlang.compiler.type.Resolutions;
import org.nnlang.runtime.operation.Operations;

/// What stands at a place: of a name what it is and what its author says of it, and of any expression its type.
final class Hovers {
    /// Words to which their place gives a meaning, and types.
    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("step", "The number of the step, from 1; of an optimizer, how often it has updated."),
            Map.entry("epoch", "The number of the epoch, from 1."),
            Map.entry("batch", "How many examples a batch has."),
            Map.entry("seed", "What draws begin with: the same seed gives the same numbers."),
            Map.entry("early_stop",
                    "Ends the training when a metric has not improved for some epochs:\n`early_stop(highest = validate.accuracy, patience = 20)`."),
            Map.entry("checkpoint",
                    "Saves the weights, the best ones by a metric:\n`checkpoint(\"out/name\", lowest = validate.loss)`."),
            Map.entry("validate", "The metrics of `validate`."),
            Map.entry("train", "The metrics of the steps."),
            Map.entry("f32", "A tensor of 32-bit floats, with its shape: `f32[b, 784]`; without one a single number."),
            Map.entry("i32", "A tensor of 32-bit integers, with its shape: `i32[b]`."),
            Map.entry("u8", "A tensor of bytes, with its shape: `u8[b, 28, 28]`."),
            Map.entry("bool", "A tensor of truth values, with its shape: `bool[b, t]`."),
            Map.entry("Int", "A whole number that is known when compiling."),
            Map.entry("Float", "A number that is known when compiling."),
            Map.entry("Bool", "`true` or `false`, known when compiling."),
            Map.entry("String", "A text that is known when compiling."),
            Map.entry("Fn", "A function, a layer or a lambda."),
            Map.entry("Schedule", "A number, or a function of the step's number."),
            Map.entry("Data", "Examples: `csv(…)`, `idx(…)`, `chars(…)` and others."),
            Map.entry("List", "A list that is known when compiling: `List<Int>`."));

    private final Snapshot snapshot;
    private final Types types;
    private final Operations operations;

    Hovers(Snapshot snapshot, Operations operations) {
        this.snapshot = snapshot;
        this.types = snapshot.survey().types();
        this.operations = operations;
    }

    /// Null where nothing is known.
    @Nullable
    Hover at(int offset) {
        Resolutions.Use use = snapshot.use(offset);
        if (use != null) {
            return hover(use.at(), name(use));
        }
        Map.Entry<Span, Parameter> argument = snapshot.argument(offset);
        if (argument != null) {
            return hover(argument.getKey(), code(List.of(Manual.text(argument.getValue()))));
        }
        Hover other = other(offset);
        Span place = types.innermost(offset);
        return other != null || place == null ? other : hover(place, code(texts(types.of(place))));
    }

    /// Of what has a name and refers to nothing.
    private @Nullable Hover other(int offset) {
        var found = new ArrayList<Hover>();
        new FileWalk() {
            @Override
            void part(TypeExpression.Item item) {
                if (item.name() != null && holds(item.name().span())) {
                    found.add(hover(item.name().span(), code(List.of(item.span().text().replaceAll("\\s+", " ")))));
                }
            }

            @Override
            void annotation(Annotation annotation) {
                if (holds(annotation.name().span())) {
                    found.add(hover(annotation.name().span(),
                            "`@kernel(\"name\")`: the runtime has this function as one step; the body says what it computes."));
                }
            }

            private boolean holds(Span span) {
                return span.start() <= offset && offset <= span.end();
            }
        }.file(snapshot.survey().module().syntax());
        return found.isEmpty() ? null : found.getFirst();
    }

    private static Hover hover(Span at, String text) {
        return new Hover(new MarkupContent(MarkupKind.MARKDOWN, text), Positions.of(at));
    }

    private String name(Resolutions.Use use) {
        return switch (use.kind()) {
            case FUNCTION, LAYER, MODEL, OPTIMIZER, TRAIN, CONSTANT -> {
                Declaration.Described declaration = snapshot.declaration(use);
                yield (declaration == null ? code(List.of(use.name())) : page(Manual.page(declaration)))
                        + (use.kind() == Resolutions.Kind.CONSTANT ? valued(use) : called(use));
            }
            case BUILTIN -> {
                Manual.Page page = Manual.page(null, use.name(), operations);
                yield (page == null ? code(lines("", use)) : page(page)) + called(use);
            }
            case WORD, TYPE -> code(lines("", use)) + paragraph(WORDS.getOrDefault(use.name(), ""));
            case MODULE -> module(use);
            case LOCAL_FUNCTION -> code(List.of(localFunction(use))) + called(use);
            case PARAMETER -> {
                Span declared = use.declared();
                String head = declared == null ? use.name() : parameter(declared, use.name());
                List<String> now = texts(typesOf(use));
                boolean known = now.stream().allMatch(text -> head.equals(use.name() + ": " + text)
                        || head.endsWith(text.replaceFirst("^\\w+ = ", " = ")));
                yield code(List.of(head)) + (known ? "" : paragraph("here " + quoted(now))) + called(use);
            }
            case DIMENSION -> code(lines("dimension ", use));
            case VAL -> code(lines("val ", use)) + called(use);
            case VAR -> code(lines("var ", use)) + called(use);
            case PARAM -> code(lines("param ", use));
            case STATE -> code(lines("state ", use));
            case SLOT -> code(lines("slot ", use));
            case UPDATED, LOOP -> code(lines("", use));
        };
    }

    /// The types at a use; those at the declaration where nothing is known there.
    private List<Types.Type> typesOf(Resolutions.Use use) {
        List<Types.Type> here = types.of(use.at());
        return here.isEmpty() && use.declared() != null ? types.of(use.declared()) : here;
    }

    private List<String> lines(String keyword, Resolutions.Use use) {
        List<String> texts = texts(typesOf(use));
        return texts.isEmpty()
                ? List.of(keyword + use.name())
                : texts.stream().map(text -> text.equals("…") ? text : keyword + use.name() + ": " + text).toList();
    }

    private String valued(Resolutions.Use use) {
        List<String> texts = texts(typesOf(use));
        return texts.isEmpty() ? "" : paragraph("is " + quoted(texts));
    }

    /// What the call gives whose callee a name is.
    private String called(Resolutions.Use use) {
        List<String> texts = texts(Calls.result(snapshot, use.at()));
        return texts.isEmpty() ? "" : paragraph("here gives " + quoted(texts));
    }

    private static String page(Manual.Page page) {
        return code(List.of(page.head())) + paragraph(page.documentation())
                + paragraph(page.origin().isEmpty() ? "" : "*" + page.origin() + "*");
    }

    private String module(Resolutions.Use use) {
        for (ModuleScope module : snapshot.survey().modules()) {
            for (var each : module.imported().entrySet()) {
                var alias = each.getKey().alias();
                if (each.getKey().target().span().equals(use.at())
                        || alias != null && alias.span().equals(use.declared())) {
                    ModuleScope target = each.getValue();
                    return code(List.of("import " + each.getKey().target().span().text()))
                            + paragraph("declares " + quoted(List.copyOf(target.exportedNames())))
                            + paragraph("*" + target.file().name() + "*");
                }
            }
        }
        return code(List.of(use.name()));
    }

    private String localFunction(Resolutions.Use use) {
        var found = new ArrayList<String>();
        new FileWalk() {
            @Override
            public void statement(Statement statement) {
                if (statement instanceof Statement.LocalFunction(Declaration.Function function)
                        && function.name().span().equals(use.declared())) {
                    found.add(TypeText.head(function));
                }
                super.statement(statement);
            }
        }.file(snapshot.survey().module().syntax());
        return found.isEmpty() ? "fun " + use.name() : found.getFirst();
    }

    /// A parameter as it is declared; its name where none stands there, as those of lambdas.
    private String parameter(Span declared, String name) {
        var found = new ArrayList<Parameter>();
        var walk = new FileWalk() {
            @Override
            void parameter(Parameter parameter) {
                if (parameter.name().span().equals(declared)) {
                    found.add(parameter);
                }
            }
        };
        for (ModuleScope module : snapshot.survey().modules()) {
            if (module.file() == declared.file()) {
                walk.file(module.syntax());
            }
        }
        return found.isEmpty() ? name : Manual.text(found.getFirst());
    }

    private static List<String> texts(List<Types.Type> found) {
        return found.stream().map(Types.Type::text).toList();
    }

    private static String code(List<String> lines) {
        return "```nn\n" + String.join("\n", lines) + "\n```";
    }

    private static String paragraph(String text) {
        return text.isEmpty() ? "" : "\n\n" + text;
    }

    private static String quoted(List<String> texts) {
        return texts.stream().map(text -> "`" + text + "`").collect(Collectors.joining(", "));
    }
}
