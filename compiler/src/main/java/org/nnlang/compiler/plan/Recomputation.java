package org.nnlang.compiler.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.fuse.Prepared;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.source.Span;
import org.nnlang.runtime.program.Footprint;
import org.nnlang.runtime.program.Image;

/// Plans with less memory: values that would be kept from the forward pass for the backward pass are computed again where they
/// are wanted (Chen et al., 2016). Which ones follows from the plan: at its fullest moment, whatever saves the most bytes for
/// what computing it again costs, until the moment fits; then the next fullest. As fusion and order change by that, the
/// procedure is planned anew, and looked at again.
///
/// A value computed again has the same bits: it is the same operation on the same numbers, random draws included, which are
/// counted and not drawn from a state.
public final class Recomputation {
    private static final int ROUNDS = 40;
    /// So many rounds without a smaller plan are taken as a sign that there is none.
    private static final int PATIENCE = 4;

    private final VariableLayout layout;
    private final Map<String, Integer> sizes;

    /// A value that is computed again.
    ///
    /// @param what the operation
    /// @param origin the source that asked for it
    /// @param bytes of the value
    /// @param flops that computing it takes
    public record Again(String what, @Nullable Span origin, long bytes, long flops) {}

    /// A plan.
    ///
    /// @param image of the least arena that was found, or of one that is small enough
    /// @param arenaBytes of that image
    /// @param again what it computes again, the dearest first
    public record Result(Image image, long arenaBytes, List<Again> again) {}

    Recomputation(VariableLayout layout, Map<String, Integer> sizes) {
        this.layout = layout;
        this.sizes = sizes;
    }

    /// What is taken first depends on the limit, and what is left to take on that: so a limit may be missed that one way holds.
    /// The way of those who ask for the least is tried then, so that what was told as the least suffices; and both once more with loops
    /// that leave more to compute again.
    Result fit(Prepared prepared, long limit) {
        Result best = null;
        for (Fusion.Effort effort : List.of(Fusion.Effort.FULL, Fusion.Effort.REPEATABLE)) {
            for (long sought : limit > 0 ? List.of(limit, 0L) : List.of(0L)) {
                Result result = search(prepared, sought, effort);
                best = best == null || result.arenaBytes() < best.arenaBytes() ? result : best;
                if (best.arenaBytes() <= limit) {
                    return best;
                }
            }
        }
        return Objects.requireNonNull(best);
    }

    private Result search(Prepared prepared, long limit, Fusion.Effort effort) {
        Planner.Plan best = Planner.plan(prepared, layout, effort);
        long least = bytes(best);
        Planner.Plan current = best;
        int waited = 0;
        for (int round = 0; round < ROUNDS && least > limit && waited < PATIENCE; round++) {
            var lifetimes = new Lifetimes(current, dims(current.image()));
            long unused = Math.max(0, bytes(current) - lifetimes.most());
            var choice = new LateValues(lifetimes);
            if (!choice.choose(Math.max(0, limit - unused))) {
                break;
            }
            current = Planner.plan(new LateCopies(lifetimes, choice).prepared(), layout, effort);
            waited++;
            if (bytes(current) < least) {
                best = current;
                least = bytes(current);
                waited = 0;
            }
        }
        return new Result(best.image(), least, again(best));
    }

    private long bytes(Planner.Plan plan) {
        return Footprint.of(plan.image(), dims(plan.image())).arena();
    }

    private Map<String, Integer> dims(Image image) {
        Map<String, Integer> known = new HashMap<>(sizes);
        for (String symbol : image.symbols()) {
            if (!known.containsKey(symbol)) {
                throw new IllegalArgumentException(image.name() + " needs a size for " + symbol);
            }
        }
        return known;
    }

    private List<Again> again(Planner.Plan plan) {
        var cost = new Lifetimes(plan, dims(plan.image()));
        var all = new ArrayList<Again>();
        for (Node node : plan.prepared().after().keySet()) {
            if (plan.jobs().clusters.containsKey(node)) {
                all.add(new Again(Storage.name(node), node.origin(), cost.bytes(node), cost.flops(node)));
            }
        }
        all.sort(Comparator.comparingLong((Again each) -> -each.flops()).thenComparing(Again::what));
        return all;
    }
}
