package org.nnlang.runtime.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.fused.FusedLaunch;
import org.nnlang.runtime.kernel.Attention;
import org.nnlang.runtime.kernel.AttentionGradient;
import org.nnlang.runtime.kernel.Convolution;
import org.nnlang.runtime.kernel.Epilogue;
import org.nnlang.runtime.kernel.Located;
import org.nnlang.runtime.kernel.Pooling;
import org.nnlang.runtime.kernel.Team;

/// A library kernel with its operands at hand.
final class BoundCall extends BoundStep {
    private final Work work;
    private final @Nullable FusedLaunch epilogue;
    private final Frame frame;
    private final List<Located> moving = new ArrayList<>();
    private final List<Integer> offsets = new ArrayList<>();

    private interface Work {
        void run(Team team, @Nullable Epilogue epilogue);
    }

    /// @param operands in the kernel's order
    /// @param results by their numbers; null where nobody wants one
    /// @param epilogue what goes on with finished blocks of the result, or null
    BoundCall(
            Step.Call call, Located[] operands, @Nullable Located[] results, @Nullable FusedLaunch epilogue,
            Frame frame) {
        this.frame = frame;
        this.epilogue = epilogue;
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
                alone(new Attention(
                        operands[0], operands[1], operands[2], mask(attributes, operands), attributes.get(0) != 0,
                        results[0], results[1])::run);
            case ATTENTION_GRADIENT -> {
                int after = operands.length - 3;
                yield alone(new AttentionGradient(
                        operands[0], operands[1], operands[2], mask(attributes, operands), attributes.get(0) != 0,
                        operands[after], operands[after + 1], operands[after + 2], results[0], results[1],
                        results[2])::run);
            }
            case CONVOLUTION ->
                new Convolution(
                        Convolution.Result.Y, operands[0], operands[1], only(results), ints(attributes, 0))::run;
            case CONVOLUTION_INPUT ->
                new Convolution(
                        Convolution.Result.X, only(results), operands[1], operands[0], ints(attributes, 0))::run;
            case CONVOLUTION_WEIGHTS ->
                new Convolution(
                        Convolution.Result.WEIGHTS, operands[0], only(results), operands[1],
                        ints(attributes, 0))::run;
            case MAX_POOL ->
                pooling(Pooling.Kind.MAX, operands[0], null, only(results), attributes)::run;
            case MAX_POOL_GRADIENT ->
                pooling(Pooling.Kind.MAX_GRADIENT, only(results), operands[0], operands[1], attributes)::run;
            case AVERAGE_POOL ->
                pooling(Pooling.Kind.AVERAGE, operands[0], null, only(results), attributes)::run;
            case AVERAGE_POOL_GRADIENT ->
                pooling(Pooling.Kind.AVERAGE_GRADIENT, only(results), null, operands[0], attributes)::run;
        };
    }

    /// A kernel that nothing follows on its blocks.
    private static Work alone(Consumer<Team> kernel) {
        return (team, _) -> kernel.accept(team);
    }

    private static Pooling pooling(
            Pooling.Kind kind, Located x, @Nullable Located given, Located y, List<Integer> attributes) {
        return new Pooling(
                kind, x, given, y, new int[] {attributes.get(0), attributes.get(1)}, ints(attributes, 2),
                attributes.size() > 8 && attributes.get(8) != 0);
    }

    private static Located only(@Nullable Located[] results) {
        return Objects.requireNonNull(results[0]);
    }

    /// The attributes from one on.
    private static int[] ints(List<Integer> attributes, int from) {
        return attributes.subList(from, attributes.size()).stream().mapToInt(Integer::intValue).toArray();
    }

    private static @Nullable Located mask(List<Integer> attributes, Located[] operands) {
        return attributes.get(1) != 0 ? Objects.requireNonNull(operands[3]) : null;
    }

    @Override
    @Nullable
    FusedLaunch loop() {
        return epilogue;
    }

    @Override
    void run() {
        // In a loop's body tensors lie elsewhere in each round.
        for (int i = 0; i < moving.size(); i++) {
            moving.get(i).move(frame.extents[offsets.get(i)]);
        }
        work.run(frame.team, epilogue);
    }
}
