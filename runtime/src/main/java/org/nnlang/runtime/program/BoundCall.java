package org.nnlang.runtime.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.kernel.Attention;
import org.nnlang.runtime.kernel.AttentionGradient;
import org.nnlang.runtime.kernel.Located;
import org.nnlang.runtime.kernel.Team;

/// A library kernel with its operands at hand.
final class BoundCall extends BoundStep {
    private final Work work;
    private final Frame frame;
    private final List<Located> moving = new ArrayList<>();
    private final List<Integer> offsets = new ArrayList<>();

    private interface Work {
        void run(Team team);
    }

    /// @param operands in the kernel's order
    /// @param results by their numbers; null where nobody wants one
    BoundCall(Step.Call call, Located[] operands, @Nullable Located[] results, Frame frame) {
        this.frame = frame;
        for (int i = 0; i < operands.length; i++) {
            moving.add(operands[i]);
            offsets.add(call.operands().get(i).place().offset());
        }
        for (Step.Result result : call.results()) {
            moving.add(Objects.requireNonNull(results[result.output()]));
            offsets.add(result.tensor().place().offset());
        }
        List<Integer> attributes = call.attributes();
        work = switch (call.kernel()) {
            case ATTENTION ->
                new Attention(
                        operands[0], operands[1], operands[2], mask(attributes, operands), attributes.get(0) != 0,
                        results[0], results[1])::run;
            case ATTENTION_GRADIENT -> {
                int after = operands.length - 3;
                yield new AttentionGradient(
                        operands[0], operands[1], operands[2], mask(attributes, operands), attributes.get(0) != 0,
                        operands[after], operands[after + 1], operands[after + 2], results[0], results[1],
                        results[2])::run;
            }
        };
    }

    private static @Nullable Located mask(List<Integer> attributes, Located[] operands) {
        return attributes.get(1) != 0 ? Objects.requireNonNull(operands[3]) : null;
    }

    @Override
    void run() {
        // In a loop's body tensors lie elsewhere in each round.
        for (int i = 0; i < moving.size(); i++) {
            moving.get(i).move(frame.extents[offsets.get(i)]);
        }
        work.run(frame.team);
    }
}
