package org.nnlang.compiler.type;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Fix;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.source.Span;

/// What PyTorch, NumPy, TensorFlow and JAX call things, and what they are called here.
public final class ForeignNames {
    private ForeignNames() {}

    /// What to do about a name.
    public static Optional<Help> ofName(String name, Span place) {
        return Optional.ofNullable(NAMES.get(name)).map(way -> way.help(place));
    }

    /// What something is called here, in a sentence.
    ///
    /// @param text the sentence
    /// @param name what can stand in the place of the foreign name; null where another expression is needed
    private record Way(String text, @Nullable String name) {
        static Way of(String text) {
            return new Way(text, null);
        }

        static Way named(String before, String name) {
            return named(before, name, "", "");
        }

        /// @param rest   how the code goes on behind the name
        /// @param behind how the sentence goes on behind the code
        static Way named(String before, String name, String rest, String behind) {
            return new Way(before + " `" + name + rest + "`" + behind, name);
        }

        Help help(Span place) {
            return name == null ? Help.of(text) : new Help(text, List.of(Fix.write(place, name)));
        }
    }

    /// What to do about an argument that a call does not take.
    ///
    /// @param parameters what it takes
    /// @param otherwise what to say where the argument resembles nothing
    public static Help ofArgument(String argument, Span place, Collection<String> parameters, String otherwise) {
        for (String name : ARGUMENTS.getOrDefault(argument, List.of())) {
            if (parameters.contains(name)) {
                return Way.named("it is called", name).help(place);
            }
        }
        String way = parameters.contains("beta1") && argument.equals("betas")
                ? "they are `beta1` and `beta2`"
                : WAYS.get(argument);
        return way != null ? Help.of(way) : Help.nearest(argument, place, parameters, otherwise);
    }

    private static final String SHORT_AXIS = "an axis of size 1 is added by `reshape(x, [b, 1, n])`";
    private static final String INPUT_SIZE = "a layer learns the sizes of its input where it is applied";
    private static final String DRAW =
            "a draw from logits is `argmax(logits - log(-log(uniform(shape(logits)))))`";
    private static final String RESIZE =
            "it is `resize(x, rows, columns)`, with lines between the pixels; `repeat` repeats them";
    private static final String NO_IMPORT =
            "nothing needs to be imported for that: functions are called by their own names";

    private static final Map<String, List<String>> ARGUMENTS = Map.ofEntries(
            Map.entry("dim", List.of("axis", "axes")),
            Map.entry("dims", List.of("axis", "axes")),
            Map.entry("axes", List.of("axis")),
            Map.entry("perm", List.of("axes")),
            Map.entry("permutation", List.of("axes")),
            Map.entry("keepdim", List.of("keep")),
            Map.entry("keepdims", List.of("keep")),
            Map.entry("keep_dims", List.of("keep")),
            Map.entry("size", List.of("shape")),
            Map.entry("newshape", List.of("shape")),
            Map.entry("input", List.of("x", "logits", "prediction")),
            Map.entry("tensors", List.of("list")),
            Map.entry("arrays", List.of("list")),
            Map.entry("min", List.of("low")),
            Map.entry("a_min", List.of("low")),
            Map.entry("clip_value_min", List.of("low")),
            Map.entry("max", List.of("high")),
            Map.entry("a_max", List.of("high")),
            Map.entry("clip_value_max", List.of("high")),
            Map.entry("loc", List.of("mean")),
            Map.entry("std", List.of("stddev")),
            Map.entry("scale", List.of("stddev")),
            Map.entry("minval", List.of("low")),
            Map.entry("maxval", List.of("high")),
            Map.entry("shift", List.of("by")),
            Map.entry("shifts", List.of("by")),
            Map.entry("fill_value", List.of("value")),
            Map.entry("num_classes", List.of("classes")),
            Map.entry("negative_slope", List.of("slope")),
            Map.entry("out_features", List.of("units")),
            Map.entry("features", List.of("units", "filters")),
            Map.entry("hidden_size", List.of("units")),
            Map.entry("out_channels", List.of("filters")),
            Map.entry("kernel_size", List.of("window")),
            Map.entry("pool_size", List.of("window")),
            Map.entry("kernel_shape", List.of("window")),
            Map.entry("window_shape", List.of("window")),
            Map.entry("strides", List.of("stride")),
            Map.entry("dilation_rate", List.of("dilation")),
            Map.entry("use_bias", List.of("bias")),
            Map.entry("p", List.of("rate")),
            Map.entry("dropout", List.of("rate")),
            Map.entry("epsilon", List.of("eps")),
            Map.entry("num_groups", List.of("groups")),
            Map.entry("num_embeddings", List.of("count")),
            Map.entry("input_dim", List.of("count")),
            Map.entry("vocab_size", List.of("count")),
            Map.entry("embedding_dim", List.of("width")),
            Map.entry("output_dim", List.of("width")),
            Map.entry("num_heads", List.of("heads")),
            Map.entry("nhead", List.of("heads")),
            Map.entry("num_layers", List.of("depth")),
            Map.entry("dim_feedforward", List.of("wide")),
            Map.entry("norm_first", List.of("pre_norm")),
            Map.entry("is_causal", List.of("causal")),
            Map.entry("attn_mask", List.of("mask")),
            Map.entry("label_smoothing", List.of("smoothing")),
            Map.entry("y_pred", List.of("prediction", "logits", "probability")),
            Map.entry("y_true", List.of("target", "label")),
            Map.entry("target", List.of("label")),
            Map.entry("labels", List.of("label", "target")),
            Map.entry("learning_rate", List.of("lr")),
            Map.entry("b1", List.of("beta1")),
            Map.entry("b2", List.of("beta2")),
            Map.entry("weight_decay", List.of("decay")),
            Map.entry("alpha", List.of("rho", "slope")));

    private static final Map<String, String> WAYS = Map.ofEntries(
            Map.entry("weight_decay",
                    "`AdamW` and `SGD` have `decay`; added to the loss, `l2(net.params, rate)` goes with every optimizer"),
            Map.entry("in_features", INPUT_SIZE),
            Map.entry("in_channels", INPUT_SIZE),
            Map.entry("input_size", INPUT_SIZE),
            Map.entry("input_shape", INPUT_SIZE),
            Map.entry("normalized_shape", INPUT_SIZE),
            Map.entry("num_features", INPUT_SIZE),
            Map.entry("embed_dim", INPUT_SIZE),
            Map.entry("dtype", "`f32(x)`, `i32(x)` and `bool(x)` give a tensor another dtype"),
            Map.entry("device", "a whole run has one device: `--device` of the command says which"),
            Map.entry("requires_grad", "what is trained is declared by `param` in a `layer`"),
            Map.entry("reduction", "losses are means over all elements: times their number it is the sum"),
            Map.entry("dim0", "`transpose(x, [0, 2, 1])` lists all axes in their new order"),
            Map.entry("dim1", "`transpose(x, [0, 2, 1])` lists all axes in their new order"));

    private static final Map<String, Way> NAMES = Map.ofEntries(
            Map.entry("Linear", Way.named("a linear layer is", "Dense", "(units)", "")),
            Map.entry("Conv1d", Way.named("the layer is", "Conv1D", "(filters, window = 3)", ", channels last")),
            Map.entry("Conv2d", Way.named("the layer is", "Conv2D", "(filters, [3, 3])", ", channels last")),
            Map.entry("ConvTranspose2d",
                    Way.named("the layer is", "ConvTranspose2D", "(filters, [3, 3])", ", channels last")),
            Map.entry("conv2d", Way.of("the function is `convolve(x, W)`, the layer `Conv2D(filters, [3, 3])`")),
            Map.entry("MaxPool1d",
                    Way.named("the layer is", "MaxPool1D", "(2)", ", over sequences whose features come last")),
            Map.entry("AvgPool1d",
                    Way.named("the layer is", "AveragePool1D", "(2)", ", over sequences whose features come last")),
            Map.entry("MaxPool2d", Way.of("the layer is `MaxPool2D([2, 2])`, the function `max_pool(x)`")),
            Map.entry("AvgPool2d", Way.of("the layer is `AveragePool2D([2, 2])`, the function `average_pool(x)`")),
            Map.entry("ReLU", Way.named("the activation is", "relu")),
            Map.entry("Sigmoid", Way.named("the activation is", "sigmoid")),
            Map.entry("Softmax", Way.named("the activation is", "softmax")),
            Map.entry("matmul", Way.of("the matrix product is `a @ b`")),
            Map.entry("torch", Way.of(NO_IMPORT)),
            Map.entry("np", Way.of(NO_IMPORT)),
            Map.entry("self", Way.of("parameters are called by their own names")),
            Map.entry("print", Way.of("a step shows numbers with `report name = …`")),
            Map.entry("null", Way.of("there is no null")),
            Map.entry("None", Way.of("there is no null; an axis of size 1 comes from `reshape` or `rearrange`")),
            Map.entry("True", Way.named("it is spelled", "true")),
            Map.entry("False", Way.named("it is spelled", "false")),
            Map.entry("Sequential",
                    Way.of("layers follow one another in a pipe, `x |> Dense(8, relu) |> Dense(3)`, inside of a `model` or `layer`")),
            Map.entry("Module", Way.of("a network is a `model Name(hyper…)(x: f32[b, n]) -> f32[b, m] { … }`")),
            Map.entry("Parameter", Way.of("a `layer` has weights by `param W: f32[n, m] ~ glorot_uniform()`")),
            Map.entry("LeakyReLU", Way.named("the activation is", "leaky_relu")),
            Map.entry("GELU", Way.named("the activation is", "gelu")),
            Map.entry("Tanh", Way.named("the activation is", "tanh")),
            Map.entry("MSELoss", Way.of("the loss is `mse(prediction, target)`")),
            Map.entry("L1Loss", Way.of("the loss is `mae(prediction, target)`")),
            Map.entry("BCELoss", Way.of("the loss is `binary_cross_entropy(probability, target)`")),
            Map.entry("BCEWithLogitsLoss", Way.of("the loss is `binary_cross_entropy_with_logits(logits, target)`")),
            Map.entry("randn", Way.named("it is called", "normal", "", ": `normal([2, 3])`")),
            Map.entry("rand", Way.named("it is called", "uniform", "", ": `uniform([2, 3])`")),
            Map.entry("randint", Way.of("whole numbers at random are `i32(floor(uniform([2, 3], 0, high)))`")),
            Map.entry("randn_like", Way.of("it is `normal(shape(x))`")),
            Map.entry("rand_like", Way.of("it is `uniform(shape(x))`")),
            Map.entry("zeros_like", Way.of("it is `zeros(shape(x))`")),
            Map.entry("ones_like", Way.of("it is `ones(shape(x))`")),
            Map.entry("full_like", Way.of("it is `full(shape(x), value)`")),
            Map.entry("detach", Way.named("it is called", "stop_gradient")),
            Map.entry("clip", Way.named("it is called", "clamp")),
            Map.entry("log_sigmoid", Way.of("log(sigmoid(x)) without overflow is `-softplus(-x)`")),
            Map.entry("logsigmoid", Way.of("log(sigmoid(x)) without overflow is `-softplus(-x)`")),
            Map.entry("expand", Way.named("it is called", "broadcast_to")),
            Map.entry("interpolate", Way.of(RESIZE)),
            Map.entry("Upsample", Way.of(RESIZE)),
            Map.entry("range", Way.of("a range is `0..<n`")),
            Map.entry("view", Way.named("it is called", "reshape")),
            Map.entry("cat", Way.named("it is called", "concat")),
            Map.entry("concatenate", Way.named("it is called", "concat")),
            Map.entry("squeeze", Way.of("an axis of size 1 is dropped by an index, `x[..., 0]`, or by `reshape`")),
            Map.entry("unsqueeze", Way.of(SHORT_AXIS)),
            Map.entry("expand_dims", Way.of(SHORT_AXIS)),
            Map.entry("newaxis", Way.of(SHORT_AXIS)),
            Map.entry("permute",
                    Way.named("it is called", "transpose", "",
                            ": `transpose(x, [0, 2, 1])`, or `rearrange` with a pattern")),
            Map.entry("masked_fill", Way.of("`where(condition, a, b)` chooses element by element")),
            Map.entry("multinomial", Way.of(DRAW)),
            Map.entry("categorical", Way.of(DRAW)),
            Map.entry("bmm", Way.of("the matrix product is `a @ b`, of the last two axes")),
            Map.entry("no_grad",
                    Way.of("`stop_gradient(x)` lets no gradient pass, `freeze(layer)` none to its parameters")),
            Map.entry("lax", Way.of("a loop over a dimension is `scan x in xs along t { … }`")),
            Map.entry("index_add", Way.named("it is called", "scatter_add")),
            Map.entry("scatter",
                    Way.of("rows are added up by `scatter_add(ids, updates, rows)`, elements by `add_along_axis`")),
            Map.entry("shuffle", Way.of("it stands behind data: `data.shuffle()`")),
            Map.entry("split", Way.of("it stands behind data: `val (learn, held_out) = data.split(0.8)`")),
            Map.entry("train_test_split", Way.of("data are split by `val (learn, held_out) = data.split(0.8)`")),
            Map.entry("random_split", Way.of("data are split by `val (learn, held_out) = data.split(0.8)`")),
            Map.entry("DataLoader",
                    Way.of("a `step (x, label) in data.shuffle()` goes through batches, of which the `train` has `batch: Int = 32`")),
            Map.entry("standardize", Way.of("it stands behind data: `data.standardize()`")),
            Map.entry("optimizer", Way.of("`minimize loss with Adam()` makes the gradients and the update")),
            Map.entry("nn", Way.of("nothing needs to be imported for that: layers are called by their own names")),
            Map.entry("dim", Way.of("an axis is chosen with `axis = -1` or `along = name`")));
}
