package org.nnlang.compiler.pipeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.lower.TestProgram;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Port;
import org.nnlang.runtime.tensor.Tensor;

/// Runs a `test`: compiles its procedure, runs it once, and looks at every assertion.
public final class TestRun {
    private TestRun() {}

    /// An assertion that does not hold, and what took part in it.
    ///
    /// @param values the parts of the condition as written, and their values
    public record Failure(TestProgram.Assertion assertion, Map<String, String> values) {}

    /// The assertions that do not hold; none where the test passes.
    public static List<Failure> of(TestProgram test, Team team) {
        return of(test, team, null);
    }

    /// The same on a device; with null on the processor.
    public static List<Failure> of(TestProgram test, Team team, @Nullable Accelerator device) {
        BackEnd.Compiled compiled = BackEnd.test(test);
        var memory = new Memory(compiled.image().variables(), device);
        try {
            Instance instance = Instance.bind(compiled.image(), compiled.load(), memory, Map.of(), team);
            try {
                instance.run();
                return failures(test, instance);
            } finally {
                instance.release();
            }
        } finally {
            memory.release();
        }
    }

    private static List<Failure> failures(TestProgram test, Instance instance) {
        var failures = new ArrayList<Failure>();
        for (TestProgram.Assertion assertion : test.assertions()) {
            boolean holds = assertion.output() == null
                    ? assertion.known()
                    : instance.intOutput(assertion.output())[0] != 0;
            if (!holds) {
                var values = new LinkedHashMap<String, String>();
                for (TestProgram.Shown shown : assertion.values()) {
                    String value = shown.output() == null
                            ? String.valueOf(shown.value())
                            : tensor(instance, shown.output()).toString();
                    values.put(shown.text(), value);
                }
                failures.add(new Failure(assertion, values));
            }
        }
        return failures;
    }

    /// An output as a tensor.
    private static Tensor tensor(Instance instance, String output) {
        Port port = instance.outputPort(output);
        int[] shape = instance.shape(port);
        return port.place().ints()
                ? Tensor.of(instance.intOutput(output), shape)
                : Tensor.of(instance.output(output), shape);
    }
}
