package org.nnlang.compiler.type;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.type.NameCheck.Place;
import org.nnlang.runtime.Nearest;

/// The part of [NameCheck] that looks beyond the body: a name that nothing there declares may be one of the module, of
/// its imports, of the prelude, or built in; or it is unknown, and somebody has to say what was probably meant.
final class OuterNames {
    private final ModuleScope module;
    private final Set<String> builtins;
    private final Diagnostics diagnostics;
    private final UnaryOperator<String> way;

    /// @param way what to do about a name that resembles none
    OuterNames(ModuleScope module, Set<String> builtins, Diagnostics diagnostics, UnaryOperator<String> way) {
        this.module = module;
        this.builtins = builtins;
        this.diagnostics = diagnostics;
        this.way = way;
    }

    /// Reports a member that a module under its alias does not have.
    void member(Expression.Select select, LexicalScope scope) {
        if (select.target() instanceof Expression.Name(String name, Span _)
                && scope.find(name) == null
                && module.find(name) instanceof Symbol.Aliased(ModuleScope aliased)
                && aliased.exported(select.member().text()) == null) {
            Declaration.Described hidden = aliased.own().get(select.member().text());
            if (hidden != null) {
                hidden(select.member().text(), select.member().span(), hidden);
            } else if (!aliased.mentions(select.member().text())) {
                diagnostics.add(Diagnostic.of(
                        Code.UNKNOWN_MEMBER,
                        select.member().span(),
                        "`" + name + "` declares no `" + select.member() + "`")
                        .help(Nearest.help(
                                select.member().text(),
                                aliased.exportedNames(),
                                "it declares " + listed(aliased.exportedNames()))));
            }
        }
    }

    /// Reports a name that nothing here is called.
    void use(String name, Span span, LexicalScope scope, Place place) {
        use(name, span, scope, place, way.apply(name));
    }

    /// Reports a name behind `along` that nothing here is called: it would be that of a dimension.
    void useDimension(String name, Span span, LexicalScope scope, Place place) {
        Set<String> dimensions = scope.names(LexicalScope.Kind.DIMENSION);
        use(name, span, scope, place, dimensions.isEmpty()
                ? "a dimension is named in the type of an input, `x: f32[b, t, n]`; an axis has an index, too"
                : "the dimensions here are " + listed(dimensions));
    }

    private void use(String name, Span span, LexicalScope scope, Place place, String otherwise) {
        if (scope.find(name) != null || place.names().contains(name)) {
            return;
        }
        Symbol symbol = module.find(name);
        if (symbol instanceof Symbol.Declared) {
            List<ModuleScope> several = module.own().containsKey(name) ? List.of() : module.declaring(name);
            if (several.size() > 1) {
                diagnostics.add(Diagnostic.of(
                        Code.AMBIGUOUS_NAME, span, "`" + name + "` is declared by two imports")
                        .note("by " + several.get(0) + " and " + several.get(1))
                        .help("import one of them under a name: `import … as blocks`, then `blocks." + name + "`"));
            }
            return;
        }
        if (symbol != null || builtins.contains(name) || module.mentions(name)) {
            return;
        }
        Declaration.Described hidden = module.hidden(name);
        if (hidden != null) {
            hidden(name, span, hidden);
            return;
        }
        var candidates = new TreeSet<>(scope.names());
        candidates.addAll(module.names());
        candidates.addAll(builtins);
        candidates.addAll(place.names());
        diagnostics.add(Diagnostic.of(Code.UNKNOWN_NAME, span, "nothing here is called `" + name + "`")
                .help(FOREIGN.getOrDefault(name, Nearest.help(name, candidates, otherwise))));
    }

    /// Whether a name from outside the body is known.
    boolean isKnown(String name, Place place) {
        return place.names().contains(name)
                || module.find(name) != null
                || builtins.contains(name)
                || module.mentions(name);
    }

    /// What other frameworks call things.
    private static final Map<String, String> FOREIGN = Map.ofEntries(
            Map.entry("Linear", "a linear layer is `Dense(units)`"),
            Map.entry("Conv1d", "the layer is `Conv1D(filters, window = 3)`, channels last"),
            Map.entry("Conv2d", "the layer is `Conv2D(filters, [3, 3])`, channels last"),
            Map.entry("ConvTranspose2d", "the layer is `ConvTranspose2D(filters, [3, 3])`, channels last"),
            Map.entry("conv2d", "the function is `convolve(x, W)`, the layer `Conv2D(filters, [3, 3])`"),
            Map.entry("MaxPool1d", "the layer is `MaxPool1D(2)`, over sequences whose features come last"),
            Map.entry("AvgPool1d", "the layer is `AveragePool1D(2)`, over sequences whose features come last"),
            Map.entry("MaxPool2d", "the layer is `MaxPool2D([2, 2])`, the function `max_pool(x)`"),
            Map.entry("AvgPool2d", "the layer is `AveragePool2D([2, 2])`, the function `average_pool(x)`"),
            Map.entry("ReLU", "the activation is `relu`"),
            Map.entry("Sigmoid", "the activation is `sigmoid`"),
            Map.entry("Softmax", "the activation is `softmax`"),
            Map.entry("matmul", "the matrix product is `a @ b`"),
            Map.entry("torch", "nothing needs to be imported for that: functions are called by their own names"),
            Map.entry("np", "nothing needs to be imported for that: functions are called by their own names"),
            Map.entry("self", "parameters are called by their own names"),
            Map.entry("print", "a step shows numbers with `report name = …`"),
            Map.entry("null", "there is no null"),
            Map.entry("None", "there is no null; an axis of size 1 comes from `reshape` or `rearrange`"),
            Map.entry("True", "it is spelled `true`"),
            Map.entry("False", "it is spelled `false`"),
            Map.entry("Sequential",
                    "layers follow one another in a pipe, `x |> Dense(8, relu) |> Dense(3)`, inside of a `model` or `layer`"),
            Map.entry("Module", "a network is a `model Name(hyper…)(x: f32[b, n]) -> f32[b, m] { … }`"),
            Map.entry("Parameter", "a `layer` has weights by `param W: f32[n, m] ~ glorot_uniform()`"),
            Map.entry("LeakyReLU", "the activation is `leaky_relu`"),
            Map.entry("GELU", "the activation is `gelu`"),
            Map.entry("Tanh", "the activation is `tanh`"),
            Map.entry("MSELoss", "the loss is `mse(prediction, target)`"),
            Map.entry("L1Loss", "the loss is `mae(prediction, target)`"),
            Map.entry("BCELoss", "the loss is `binary_cross_entropy(probability, target)`"),
            Map.entry("BCEWithLogitsLoss", "the loss is `binary_cross_entropy_with_logits(logits, target)`"),
            Map.entry("randn", "it is called `normal`: `normal([2, 3])`"),
            Map.entry("rand", "it is called `uniform`: `uniform([2, 3])`"),
            Map.entry("randint", "whole numbers at random are `i32(floor(uniform([2, 3], 0, high)))`"),
            Map.entry("randn_like", "it is `normal(shape(x))`"),
            Map.entry("rand_like", "it is `uniform(shape(x))`"),
            Map.entry("zeros_like", "it is `zeros(shape(x))`"),
            Map.entry("ones_like", "it is `ones(shape(x))`"),
            Map.entry("full_like", "it is `full(shape(x), value)`"),
            Map.entry("detach", "it is called `stop_gradient`"),
            Map.entry("clip", "it is called `clamp`"),
            Map.entry("expand", "it is called `broadcast_to`"),
            Map.entry("interpolate",
                    "it is `resize(x, rows, columns)`, with lines between the pixels; `repeat` repeats them"),
            Map.entry("Upsample",
                    "it is `resize(x, rows, columns)`, with lines between the pixels; `repeat` repeats them"),
            Map.entry("range", "a range is `0..<n`"),
            Map.entry("view", "it is called `reshape`"),
            Map.entry("cat", "it is called `concat`"),
            Map.entry("concatenate", "it is called `concat`"),
            Map.entry("squeeze", "an axis of size 1 is dropped by an index, `x[..., 0]`, or by `reshape`"),
            Map.entry("unsqueeze", "an axis of size 1 is added by `reshape(x, [b, 1, n])`"),
            Map.entry("expand_dims", "an axis of size 1 is added by `reshape(x, [b, 1, n])`"),
            Map.entry("newaxis", "an axis of size 1 is added by `reshape(x, [b, 1, n])`"),
            Map.entry("permute", "it is called `transpose`: `transpose(x, [0, 2, 1])`, or `rearrange` with a pattern"),
            Map.entry("masked_fill", "`where(condition, a, b)` chooses element by element"),
            Map.entry("multinomial", "a draw from logits is `argmax(logits - log(-log(uniform(shape(logits)))))`"),
            Map.entry("categorical", "a draw from logits is `argmax(logits - log(-log(uniform(shape(logits)))))`"),
            Map.entry("bmm", "the matrix product is `a @ b`, of the last two axes"),
            Map.entry("no_grad", "`stop_gradient(x)` lets no gradient pass, `freeze(layer)` none to its parameters"),
            Map.entry("lax", "a loop over a dimension is `scan x in xs along t { … }`"),
            Map.entry("index_add", "it is called `scatter_add`"),
            Map.entry("scatter",
                    "rows are added up by `scatter_add(ids, updates, rows)`, elements by `add_along_axis`"),
            Map.entry("optimizer", "`minimize loss with Adam()` makes the gradients and the update"),
            Map.entry("nn", "nothing needs to be imported for that: layers are called by their own names"),
            Map.entry("dim", "an axis is chosen with `axis = -1` or `along = name`"));

    private void hidden(String name, Span span, Declaration.Described declaration) {
        diagnostics.add(Diagnostic.of(Code.PRIVATE_NAME, span, "`" + name + "` is private to its module")
                .also(Names.span(declaration), "declared `private` here")
                .help("remove `private` there to use it here"));
    }

    private static String listed(Set<String> names) {
        return names.isEmpty()
                ? "nothing"
                : names.stream().limit(8).map(n -> "`" + n + "`").reduce((a, b) -> a + ", " + b).orElse("");
    }
}
