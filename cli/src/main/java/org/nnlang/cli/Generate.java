package org.nnlang.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.lower.ModelProgram;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.pipeline.Generation;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.files.Recorded;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.data.Vocabulary;
import org.nnlang.runtime.generate.GenerationPlan;
import org.nnlang.runtime.generate.Generator;
import org.nnlang.runtime.generate.Sampler;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.model.Weights;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.tensor.Tensor;
import picocli.CommandLine;

/// `nn generate FILE`: lets a trained model write.
final class Generate implements Callable<Integer> {
    final Usage usage = new Usage(this, "generate", "Let a trained model write a text.").footer("",
            "For example:",
            "  nn generate gpt.nn --checkpoint out/book --prompt \"Call me\" --temperature 0.8 --top-p 0.95",
            "  nn generate translate.nn --checkpoint out/words --input \"source=hello\" --temperature 0");

    private final Program program = new Program(usage);

    private final Console console = usage.console();

    private final Given<@Nullable String> name =
            usage.option(String.class, "--model", "NAME", "Which model, where the program has several.");

    private final Given<Map<String, String>> settings = usage.pairs(String.class, "--set", "NAME=VALUE",
            "Another value for a hyper-parameter than the checkpoint says.");

    private final Given<Path> checkpoint = usage.required(Path.class, "--checkpoint", "PATH",
            "A checkpoint, or the folder of a training's: then its best model.");

    private final Given<String> prompt =
            usage.option(String.class, "", "--prompt", "TEXT", "What the text begins with.");

    private final Given<Map<String, String>> inputs = usage.pairs(String.class, "--input", "NAME=TEXT",
            "Another input of the model, as what is to be translated. May be repeated.");

    private final Given<Integer> count =
            usage.option(Integer.class, 200, "--tokens", "N", "How many tokens to write at most; 200, unless given.");

    private final Given<Double> temperature = usage.option(Double.class, 1.0, "--temperature", "T",
            "Below 1 likely tokens become likelier, 0 always takes the likeliest; 1, unless given.");

    private final Given<Integer> topK =
            usage.option(Integer.class, 0, "--top-k", "K", "Choose among the K likeliest tokens.");

    private final Given<Double> topP = usage.option(Double.class, 1.0, "--top-p", "P",
            "Choose among the likeliest tokens that have this share of the probability together.");

    private final Given<Long> seed =
            usage.option(Long.class, 1L, "--seed", "N", "Equal seeds write equal texts; 1, unless given.");

    private final Given<Integer> context = usage.option(Integer.class, 0, "--context", "N",
            "How many tokens the model sees at most; as many as in training, unless given.");

    private final ThreadsOption threads = ThreadsOption.one(usage);

    @Override
    public Integer call() {
        requireSensible();
        SourceFile source = program.read();
        var recorded = Recorded.at(checkpoint.get());
        ModelProgram model = console.require(FrontEnd.model(
                source,
                program.sources(),
                name.get(),
                settings.get(),
                called -> recorded.hyperparameters(called, settings.get().keySet())));
        Generation.Roles roles = Generation.roles(model).orElseThrow(() -> new NnException(
                "NN0824",
                "`" + model.name() + "` writes no sequence",
                "a model that does takes tokens i32[b, t] and gives their successors' scores f32[b, t, vocabulary]"));
        DataHeader learnt = recorded.checkpoint().metadata().containsKey("data")
                ? DataHeader.fromJson(recorded.checkpoint().json("data"))
                : new DataHeader(List.of(), -1, List.of(), Map.of());
        DataHeader.Field written = field(learnt, roles.sequence(), roles.vocabulary(), recorded);
        Vocabulary vocabulary = vocabulary(written);
        Map<String, Tensor> others = others(learnt, roles, written, recorded);
        List<Integer> begin = begin(vocabulary);
        GenerationPlan plan = Generation.plan(model, roles);
        var memory = new Memory(plan.variables());
        Weights.load(memory, recorded.checkpoint(), model.name(), recorded.file().toString());
        Console.announceScalarKernels();
        try (Team team = threads.team()) {
            var generator = new Generator(plan, memory, team);
            generator.begin(others, roles.vocabulary());
            if (!generator.isCausal()) {
                System.err.println("nn: what `" + model.name()
                        + "` says of a position depends on later ones, so every token runs the whole model");
            }
            write(generator, vocabulary, begin, limit(written));
        }
        return CommandLine.ExitCode.OK;
    }

    private void requireSensible() {
        require(count.get() >= 0, "--tokens must be at least 0");
        require(temperature.get() >= 0, "--temperature must be at least 0");
        require(topK.get() >= 0, "--top-k must be at least 0");
        require(topP.get() > 0 && topP.get() <= 1, "--top-p must be in (0, 1]");
        require(context.get() >= 0 && context.get() != 1, "--context must be at least 2");
    }

    private void require(boolean holds, String message) {
        if (!holds) {
            throw usage.misuse(message);
        }
    }

    /// The field of the training data that an input of the model stands for: the one of its name, else the last whose vocabulary
    /// has that size, as the target comes behind the source.
    private static DataHeader.Field field(DataHeader learnt, String input, int size, Recorded recorded) {
        DataHeader.Field found = null;
        for (DataHeader.Field field : learnt.fields()) {
            Vocabulary vocabulary = field.vocabulary();
            if (vocabulary != null && vocabulary.size() == size) {
                if (field.name().equals(input)) {
                    return field;
                }
                found = field;
            }
        }
        if (found == null) {
            throw new NnException(
                    "NN0825",
                    "`" + recorded.file() + "` has no vocabulary of " + size + " tokens",
                    "train the model on a text: the checkpoint keeps what its tokens stand for");
        }
        return found;
    }

    private static Vocabulary vocabulary(DataHeader.Field field) {
        Vocabulary vocabulary = field.vocabulary();
        if (vocabulary == null) {
            throw new IllegalArgumentException(field + " has no vocabulary");
        }
        return vocabulary;
    }

    /// The other inputs, encoded as the training's fields were: by name, or those that are left in their order.
    private Map<String, Tensor> others(
            DataHeader learnt, Generation.Roles roles, DataHeader.Field written, Recorded recorded) {
        var given = new LinkedHashMap<String, Tensor>();
        for (String input : inputs.get().keySet()) {
            if (!roles.others().contains(input)) {
                throw usage.misuse("the model has no other input `" + input + "`"
                        + (roles.others().isEmpty()
                                ? ": what it goes on from is given by --prompt"
                                : "; it has " + String.join(", ", roles.others())));
            }
        }
        List<DataHeader.Field> fields = learnt.fields().stream()
                .filter(field -> field.vocabulary() != null && !field.equals(written))
                .toList();
        for (int i = 0; i < roles.others().size(); i++) {
            String input = roles.others().get(i);
            String text = inputs.get().get(input);
            if (text == null) {
                throw usage.misuse("the model needs `--input \"" + input + "=…\"`");
            }
            DataHeader.Field named = learnt.field(input);
            DataHeader.Field field = named != null && named.vocabulary() != null
                    ? named
                    : i < fields.size() ? fields.get(i)
                    : null;
            if (field == null) {
                throw new NnException(
                        "NN0825",
                        "`" + recorded.file() + "` has no vocabulary for `" + input + "`",
                        "there are vocabularies of "
                                + learnt.fields().stream()
                                        .filter(one -> one.vocabulary() != null)
                                        .map(DataHeader.Field::name)
                                        .collect(Collectors.joining(", ")));
            }
            int[] tokens = vocabulary(field).encode(text);
            given.put(input, Tensor.of(tokens, 1, tokens.length));
        }
        return given;
    }

    /// The tokens to begin with.
    private List<Integer> begin(Vocabulary vocabulary) {
        var tokens = new ArrayList<Integer>();
        if (vocabulary.hasSpecials()) {
            tokens.add(Vocabulary.BEGIN);
        }
        for (int token : vocabulary.encode(prompt.get())) {
            tokens.add(token);
        }
        require(!tokens.isEmpty(), "the model needs something to go on from: --prompt \"…\"");
        return tokens;
    }

    /// How many tokens the model sees: what it has been trained on.
    private int limit(DataHeader.Field written) {
        if (context.get() > 0) {
            return context.get();
        }
        return written.shape().isEmpty() ? Integer.MAX_VALUE : written.shape().getFirst();
    }

    /// Prints the prompt and what the model makes of it, token by token.
    private void write(Generator generator, Vocabulary vocabulary, List<Integer> begin, int limit) {
        var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        var sampler = new Sampler(temperature.get(), topK.get(), topP.get(), seed.get());
        out.print(prompt.get());
        out.flush();
        long start = System.nanoTime();
        float[] scores = {};
        for (int token : begin) {
            scores = next(generator, token, limit);
        }
        boolean first = prompt.get().isEmpty();
        int written = 0;
        while (written < count.get()) {
            int token = sampler.choose(finite(scores), written);
            if (vocabulary.hasSpecials() && token == Vocabulary.END) {
                break;
            }
            out.print((vocabulary.kind() == Vocabulary.Kind.WORDS && !first ? " " : "") + vocabulary.decode(token));
            out.flush();
            first = false;
            written++;
            if (written < count.get()) {
                scores = next(generator, token, limit);
            }
        }
        out.println();
        out.flush();
        if (Console.isTerminal()) {
            double seconds = (System.nanoTime() - start) * 1e-9;
            System.err.printf(Locale.ROOT, "%d tokens in %.1f s%n", written, seconds);
        }
    }

    /// Feeds a token; where the model sees no more, it goes on from the last half of what it has seen.
    private static float[] next(Generator generator, int token, int limit) {
        if (generator.position() >= limit) {
            int[] seen = generator.tokens();
            generator.restart();
            for (int i = seen.length - limit / 2; i < seen.length; i++) {
                generator.next(seen[i]);
            }
        }
        return generator.next(token);
    }

    private static float[] finite(float[] scores) {
        for (float score : scores) {
            if (Float.isNaN(score)) {
                throw new NnException(
                        "NN0826",
                        "the model's scores are not numbers",
                        "its weights are damaged or its training diverged: try an earlier checkpoint");
            }
        }
        return scores;
    }
}
