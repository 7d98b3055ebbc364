package org.nnlang.runtime.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Port;
import org.nnlang.runtime.program.Sizes;
import org.nnlang.runtime.tensor.Tensor;

/// Feeds tokens to a model one at a time and gives its scores for the next one. Keys and values of earlier positions are
/// kept, so that a token costs one position's work.
///
/// That is only right where the model is causal, that is where what it makes of a position does not depend on later ones. [#begin]
/// finds out, and if it is not, every token runs the whole model.
public final class Generator {
    /// How many tokens the whole model is compared on.
    private static final int PROBE = 6;

    private static final double TOLERANCE = 1e-3;

    private final GenerationPlan plan;
    private final Memory memory;
    private final Team team;
    private final List<Rows> caches = new ArrayList<>();
    private final Map<String, Tensor> others = new LinkedHashMap<>();
    private final Map<String, Tensor> contexts = new LinkedHashMap<>();
    private final Map<String, Tensor> states = new LinkedHashMap<>();
    private int[] tokens = new int[64];
    private int position;
    private boolean causal = true;

    /// What one cache holds, in an array that grows.
    private static final class Rows {
        private final GenerationPlan.Cache cache;
        private float[] floats = {};
        private int[] ints = {};
        private int size;

        private Rows(GenerationPlan.Cache cache) {
            this.cache = cache;
        }

        private void give(Instance step) {
            Port port = step.input(cache.input());
            if (port.dtype().isFloat()) {
                System.arraycopy(floats, 0, step.floats(port), step.offset(port), size);
            } else {
                System.arraycopy(ints, 0, step.ints(port), step.offset(port), size);
            }
        }

        private void take(Instance step) {
            Port port = step.outputPort(cache.row());
            int count = step.size(port);
            if (port.dtype().isFloat()) {
                if (size + count > floats.length) {
                    floats = Arrays.copyOf(floats, 2 * (size + count));
                }
                System.arraycopy(step.floats(port), step.offset(port), floats, size, count);
            } else {
                if (size + count > ints.length) {
                    ints = Arrays.copyOf(ints, 2 * (size + count));
                }
                System.arraycopy(step.ints(port), step.offset(port), ints, size, count);
            }
            size += count;
        }
    }

    /// @param memory the model's weights, laid out by the plan's variables
    public Generator(GenerationPlan plan, Memory memory, Team team) {
        this.plan = plan;
        this.memory = memory;
        this.team = team;
        plan.caches().forEach(cache -> caches.add(new Rows(cache)));
    }

    /// Begins a new sequence.
    ///
    /// @param inputs     the model's other inputs, by name
    /// @param vocabulary how many tokens there are
    public void begin(Map<String, Tensor> inputs, int vocabulary) {
        others.clear();
        others.putAll(inputs);
        contexts.clear();
        GenerationPlan.Program context = plan.context();
        if (context != null) {
            Instance instance = bind(context, Map.of());
            fill(instance, others);
            instance.run();
            for (Port port : context.image().outputs()) {
                contexts.put(port.name(), instance.tensor(port));
            }
        }
        causal = true;
        restart();
        probe(vocabulary);
        restart();
    }

    /// Forgets all tokens, but not the other inputs.
    public void restart() {
        position = 0;
        caches.forEach(cache -> cache.size = 0);
        states.clear();
        for (GenerationPlan.State state : plan.states()) {
            Tensor initial = contexts.get(state.input());
            if (initial == null) {
                throw new IllegalStateException("no sequence has begun");
            }
            states.put(state.input(), initial);
        }
    }

    /// Compares both ways to compute the scores on some tokens, of which no two are alike as far as the vocabulary goes.
    private void probe(int vocabulary) {
        float[] last = {};
        float[] first = {};
        int count = Math.min(PROBE, 2 * vocabulary);
        for (int i = 0; i < count; i++) {
            last = next((i * 7 + 1) % vocabulary);
            if (i == 0) {
                first = last;
            }
        }
        float[] whole = whole();
        int width = whole.length / position;
        for (int i = 0; i < width; i++) {
            causal &= near(whole[(position - 1) * width + i], last[i]) && near(whole[i], first[i]);
        }
    }

    private static boolean near(float a, float b) {
        return Float.floatToIntBits(a) == Float.floatToIntBits(b)
                || Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a));
    }

    /// Whether the model is causal, so that a token costs one position's work.
    public boolean isCausal() {
        return causal;
    }

    /// How many tokens were fed.
    public int position() {
        return position;
    }

    /// Feeds a token.
    ///
    /// @return the scores of each token to come next
    /// @throws org.nnlang.runtime.NnException NN0413 where a requirement of the model does not hold for so long a sequence;
    ///     nothing has changed then
    public float[] next(int token) {
        if (position == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * position);
        }
        tokens[position] = token;
        if (!causal) {
            position++;
            float[] all;
            try {
                all = whole();
            } catch (RuntimeException e) {
                position--;
                throw e;
            }
            int width = all.length / position;
            return Arrays.copyOfRange(all, all.length - width, all.length);
        }
        Instance step = bind(plan.step(), Map.of(plan.position(), position));
        step.setInput(plan.sequence(), new int[] {token});
        caches.forEach(cache -> cache.give(step));
        fill(step, others);
        fill(step, contexts);
        fill(step, states);
        step.run();
        caches.forEach(cache -> cache.take(step));
        plan.states().forEach(state -> states.put(state.input(), step.tensor(step.outputPort(state.output()))));
        position++;
        return step.output(plan.output());
    }

    /// The scores after each of the tokens, by the whole model.
    private float[] whole() {
        Instance instance = bind(plan.whole(), Map.of(plan.length(), position));
        instance.setInput(plan.sequence(), Arrays.copyOf(tokens, position));
        fill(instance, others);
        instance.run();
        return instance.output(plan.output());
    }

    /// Binds a program to the sizes of the other inputs and to those given; what no input tells, the number of examples among it, is 1.
    private Instance bind(GenerationPlan.Program program, Map<String, Integer> given) {
        var shapes = new LinkedHashMap<String, int[]>();
        others.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        contexts.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        Map<String, Integer> sizes = Sizes.of(program.image(), shapes);
        sizes.putAll(given);
        program.image().symbols().forEach(symbol -> sizes.putIfAbsent(symbol, 1));
        return Instance.bind(program.image(), program.code(), memory, sizes, team);
    }

    /// Fills those inputs that a program has.
    private static void fill(Instance instance, Map<String, Tensor> values) {
        for (String name : instance.inputs()) {
            Tensor value = values.get(name);
            if (value != null && value.dtype().isFloat()) {
                instance.setInput(name, value.floats());
            } else if (value != null) {
                instance.setInput(name, value.ints());
            }
        }
    }

    /// The tokens so far.
    public int[] tokens() {
        return Arrays.copyOf(tokens, position);
    }
}
