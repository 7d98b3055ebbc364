package org.nnlang.cli.repl;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nnlang.compiler.pipeline.BackEnd.CompiledEntry;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Port;
import org.nnlang.runtime.program.Variable;
import org.nnlang.runtime.tensor.Tensor;

/// One run of a compiled entry, on a memory of its own: nothing of the session changes by it.
final class Evaluation {
    private final Memory memory;
    private final Instance instance;
    private final Map<String, Tensor> outputs = new HashMap<>();

    /// @param earlier the variables of the session
    /// @param number of the entry: random draws depend on it
    Evaluation(CompiledEntry entry, Map<String, Tensor> earlier, Team team, long seed, int number) {
        memory = new Memory(entry.run().image().variables());
        set(memory, earlier);
        if (!entry.source().init().updates().isEmpty()) {
            Instance init = Instance.bind(entry.init().image(), entry.init().load(), memory, Map.of(), team);
            init.seed(seed);
            init.step(0);
            init.run();
        }
        instance = Instance.bind(entry.run().image(), entry.run().load(), memory, Map.of(), team);
        instance.seed(seed);
        instance.step(number);
    }

    /// Gives variables of a memory the values that they have in the session.
    static void set(Memory memory, Map<String, Tensor> values) {
        for (Variable variable : memory.variables()) {
            Tensor value = values.get(variable.name());
            if (value != null && variable.shape().equals(Arrays.stream(value.shape()).boxed().toList())) {
                if (variable.dtype().isFloat()) {
                    memory.set(variable.name(), value.floats());
                } else {
                    memory.set(variable.name(), value.ints());
                }
            }
        }
    }

    void run() {
        instance.run();
        for (Port port : instance.image().outputs()) {
            outputs.put(port.name(), instance.tensor(port));
        }
    }

    /// Makes a run fail that is going on.
    void abandon() {
        instance.abandon();
    }

    /// Runs without looking at what comes out.
    void again() {
        instance.run();
    }

    Tensor output(String name) {
        Tensor output = outputs.get(name);
        if (output == null) {
            throw new IllegalStateException(name);
        }
        return output;
    }

    /// All variables as they are after the run.
    Map<String, Tensor> variables() {
        var all = new LinkedHashMap<String, Tensor>();
        memory.variables().forEach(variable -> all.put(variable.name(), memory.tensor(variable)));
        return all;
    }
}
