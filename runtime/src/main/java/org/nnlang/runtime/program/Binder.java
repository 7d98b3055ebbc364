package org.nnlang.runtime.program;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.fused.FusedArguments;
import org.nnlang.runtime.fused.FusedLaunch;
import org.nnlang.runtime.fused.FusedProgram;
import org.nnlang.runtime.fused.FusedTiers;
import org.nnlang.runtime.fused.FusedWorkspace;
import org.nnlang.runtime.kernel.Copy;
import org.nnlang.runtime.kernel.Gather;
import org.nnlang.runtime.kernel.Gemm;
import org.nnlang.runtime.kernel.HeldFactor;
import org.nnlang.runtime.kernel.Located;
import org.nnlang.runtime.kernel.Philox;
import org.nnlang.runtime.kernel.RowPasses;

/// Turns an image's steps into bound ones for a frame whose extents and arrays are there.
final class Binder {
    private final Image image;
    private final Frame frame;
    private final FusedWorkspace workspace;
    private final FusedTiers tiers;
    private final @Nullable HeldWeights weights;
    private final Set<Segment> written;
    private long heldBytes;

    /// @param weights for those that are packed once for many runs, or null
    /// @param written what the image writes to
    Binder(
            Image image, Frame frame, FusedWorkspace workspace, FusedTiers tiers, @Nullable HeldWeights weights,
            Set<Segment> written) {
        this.image = image;
        this.frame = frame;
        this.workspace = workspace;
        this.tiers = tiers;
        this.weights = weights;
        this.written = written;
    }

    /// Binds every step. Rounds that are never run need no memory, and what is in them is not bound.
    void bindAll() {
        var repeats = new ArrayList<Rounds>();
        int idle = 0;
        for (int step = 0; step < frame.bound.length; step++) {
            frame.ends[step] = step + 1;
            if (image.steps().get(step) instanceof Step.Repeat repeat) {
                frame.ends[step] += repeat.steps();
                var rounds = new Rounds(frame, step, repeat);
                frame.bound[step] = rounds;
                repeats.add(rounds);
                if (rounds.trips() == 0) {
                    idle = Math.max(idle, frame.ends[step]);
                }
            } else {
                frame.bound[step] = step < idle
                        ? new Nothing()
                        : bind(image.steps().get(step), image.notes().get(step));
            }
        }
        if (weights != null) {
            Set<Integer> moving = new HashSet<>();
            for (Step step : image.steps()) {
                if (step instanceof Step.Repeat repeat) {
                    repeat.shifts().forEach(shift -> moving.add(shift.extent()));
                }
            }
            hold(weights, moving);
        }
        repeats.forEach(rounds -> {
            rounds.connect(image);
            if (rounds.trips() > 1) {
                hold(rounds);
            }
        });
        frame.repeats = repeats.toArray(Rounds[]::new);
    }

    private void hold(Rounds rounds) {
        for (int step : HeldFactors.of(image, rounds.step())) {
            if (frame.bound[step] instanceof Product product && product.held() == null) {
                HeldFactor factor = product.hold();
                if (factor != null) {
                    rounds.hold(factor);
                    heldBytes += factor.bytes();
                }
            }
        }
    }

    /// Has products keep the weights packed that no step writes to, and that are the same matrix in all rounds.
    private void hold(HeldWeights weights, Set<Integer> moving) {
        for (BoundStep step : frame.bound) {
            if (step instanceof Product product) {
                Place place = product.product.b().place();
                Segment segment = place.segment();
                if ((segment == Segment.PARAMETERS || segment == Segment.STATES) && !written.contains(segment)
                        && !moving.contains(place.offset())) {
                    product.hold(weights);
                }
            }
        }
    }

    /// Bytes of the factors that are packed once for all rounds of a loop.
    long heldBytes() {
        return heldBytes;
    }

    private static final class Nothing extends BoundStep {
        @Override
        void run() {}
    }

    private BoundStep bind(Step step, Note note) {
        return switch (step) {
            case Step.Repeat _ -> throw new AssertionError("rounds are bound before");
            case Step.Loop loop -> new Loop(launch(loop, false));
            case Step.Product product -> {
                Step.Loop after = product.epilogue();
                FusedLaunch epilogue = after == null ? null : launch(after, true);
                yield product.outer().isEmpty()
                        ? new Product(product, epilogue)
                        : new Products(product, epilogue);
            }
            case Step.GatherRows gather -> new Checked(new GatherRows(gather, note.label()), note);
            case Step.ScatterRows scatter -> new Checked(new ScatterRows(scatter, note.label()), note);
            case Step.Order order -> new Order(order);
            case Step.RunningSums sums -> new RunningSums(sums);
            case Step.Draw draw -> new Draw(draw);
            case Step.Move move -> new Move(move);
            case Step.Clear clear -> new Clear(clear);
            case Step.Call call -> call(call);
        };
    }

    private BoundStep call(Step.Call call) {
        var operands = new Located[call.operands().size()];
        for (int i = 0; i < operands.length; i++) {
            operands[i] = located(call.operands().get(i));
        }
        @Nullable
        Located[] results = new Located[LibraryKernel.MAX_RESULTS];
        for (Step.Result result : call.results()) {
            results[result.output()] = located(result.tensor());
        }
        Step.Loop after = call.epilogue();
        return new BoundCall(call, operands, results, after == null ? null : launch(after, true), frame);
    }

    private Located located(Step.Tensor tensor) {
        Place place = tensor.place();
        int offset = frame.extents[place.offset()];
        return place.ints()
                ? Located.of(ints(place), offset, all(tensor.dims()), all(tensor.strides()))
                : Located.of(floats(place), offset, all(tensor.dims()), all(tensor.strides()));
    }

    private FusedLaunch launch(Step.Loop loop, boolean keepsColumns) {
        FusedProgram program = image.programs().get(loop.program());
        int[] outer = all(loop.outer());
        int columns = frame.extents[loop.columns()];
        var arguments = new FusedArguments(program, outer, columns, all(loop.sizes()));
        if (keepsColumns) {
            arguments.keepColumns();
        }
        for (int operand = 0; operand < loop.operands().size(); operand++) {
            Step.Binding binding = loop.operands().get(operand);
            int offset = frame.extents[binding.place().offset()];
            int[] strides = all(binding.outerStrides());
            int columnStride = frame.extents[binding.columnStride()];
            if (binding.place().ints()) {
                arguments.bind(operand, ints(binding.place()), offset, strides, columnStride);
            } else {
                arguments.bind(operand, floats(binding.place()), offset, strides, columnStride);
            }
        }
        return new FusedLaunch(tiers.kernel(loop.program()), arguments, workspace, frame.team);
    }

    private int[] all(java.util.List<Integer> extents) {
        int[] values = new int[extents.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = frame.extents[extents.get(i)];
        }
        return values;
    }

    private float[] floats(Place place) {
        return frame.floats[place.segment().ordinal()];
    }

    private int[] ints(Place place) {
        return frame.ints[place.segment().ordinal()];
    }

    private static final class Loop extends BoundStep {
        private final FusedLaunch launch;

        Loop(FusedLaunch launch) {
            this.launch = launch;
        }

        @Override
        void run() {
            launch.run();
        }

        @Override
        FusedLaunch loop() {
            return launch;
        }
    }

    private abstract class Multiplying extends BoundStep {
        final Step.Product product;
        final @Nullable FusedLaunch epilogue;
        final int m;
        final int n;
        final int k;
        final int count;
        final float[] a;
        final float[] b;
        final float[] c;

        Multiplying(Step.Product product, @Nullable FusedLaunch epilogue) {
            this.product = product;
            this.epilogue = epilogue;
            m = frame.extents[product.m()];
            n = frame.extents[product.n()];
            k = frame.extents[product.k()];
            count = frame.extents[product.count()];
            a = floats(product.a().place());
            b = floats(product.b().place());
            c = floats(product.c().place());
        }

        @Override
        @Nullable
        FusedLaunch loop() {
            return epilogue;
        }

        int offset(Step.Matrix matrix) {
            return frame.extents[matrix.place().offset()];
        }

        int rowStride(Step.Matrix matrix) {
            return frame.extents[matrix.rowStride()];
        }

        int itemStride(Step.Matrix matrix) {
            return frame.extents[matrix.itemStride()];
        }
    }

    private final class Product extends Multiplying {
        private final int lda = rowStride(product.a());
        private final int ldb = rowStride(product.b());
        private final int ldc = rowStride(product.c());
        private final int aStride = itemStride(product.a());
        private final int bStride = itemStride(product.b());
        private final int cStride = itemStride(product.c());
        private @Nullable HeldFactor held;

        Product(Step.Product product, @Nullable FusedLaunch epilogue) {
            super(product, epilogue);
        }

        /// Keeps B packed, where that pays.
        @Nullable
        HeldFactor hold() {
            held = count == 1 && HeldFactor.isWorthIt(m, n, k) ? new HeldFactor(k, n) : null;
            return held;
        }

        /// Keeps B packed as other instances do, where that pays.
        void hold(HeldWeights weights) {
            if ((count == 1 || bStride == 0) && HeldFactor.isWorthIt(m, n, k)
                    && (long) m * count <= HeldWeights.MOST_ROWS) {
                held = weights.of(
                        product.b().place().segment(), offset(product.b()), ldb, product.transB(), k, n);
            }
        }

        @Override
        @Nullable
        HeldFactor held() {
            return held;
        }

        @Override
        void run() {
            // Offsets may differ from round to round.
            Gemm.batched(
                    frame.team, product.transA(), product.transB(), m, n, k, a, offset(product.a()), lda, aStride, b,
                    offset(product.b()), ldb, bStride, held, c, offset(product.c()), ldc, cStride, count, false,
                    epilogue);
        }
    }

    /// Several batch dimensions: one call for each index of all but the last.
    private final class Products extends Multiplying {
        private final int[] sizes;
        private final int calls;

        Products(Step.Product product, @Nullable FusedLaunch epilogue) {
            super(product, epilogue);
            sizes = new int[product.outer().size()];
            int all = 1;
            for (int i = 0; i < sizes.length; i++) {
                sizes[i] = frame.extents[product.outer().get(i).size()];
                all *= sizes[i];
            }
            calls = all;
        }

        @Override
        void run() {
            int aAt = offset(product.a());
            int bAt = offset(product.b());
            int cAt = offset(product.c());
            for (int call = 0; call < calls; call++) {
                int rest = call;
                int aHere = aAt;
                int bHere = bAt;
                int cHere = cAt;
                for (int i = sizes.length - 1; i >= 0; i--) {
                    Step.Batch batch = product.outer().get(i);
                    int place = rest % sizes[i];
                    rest /= sizes[i];
                    aHere += place * frame.extents[batch.aStride()];
                    bHere += place * frame.extents[batch.bStride()];
                    cHere += place * frame.extents[batch.cStride()];
                }
                Gemm.batched(
                        frame.team, product.transA(), product.transB(), m, n, k, a, aHere, rowStride(product.a()),
                        itemStride(product.a()), b, bHere, rowStride(product.b()), itemStride(product.b()), c, cHere,
                        rowStride(product.c()), itemStride(product.c()), count, false, null);
            }
            if (epilogue != null) {
                epilogue.run();
            }
        }
    }

    /// A step that may find its data wrong, and says then which line of the source it stems from.
    private static final class Checked extends BoundStep {
        private final BoundStep step;
        private final Note note;

        Checked(BoundStep step, Note note) {
            this.step = step;
            this.note = note;
        }

        @Override
        void run() {
            try {
                step.run();
            } catch (NnException e) {
                throw note.line() == 0 ? e : e.at(note.source(), note.line());
            }
        }
    }

    private final class GatherRows extends BoundStep {
        private final Step.GatherRows step;
        private final String where;

        GatherRows(Step.GatherRows step, String where) {
            this.step = step;
            this.where = where;
        }

        @Override
        void run() {
            int[] e = frame.extents;
            int count = e[step.count()];
            int rows = e[step.rows()];
            int width = e[step.width()];
            int from = e[step.table().offset()];
            int to = e[step.result().offset()];
            int at = e[step.indices().offset()];
            if (step.table().ints()) {
                Gather.rows(
                        ints(step.table()), from, rows, width, ints(step.indices()), at, count,
                        ints(step.result()), to, where);
            } else {
                Gather.rows(
                        frame.team, floats(step.table()), from, rows, width, ints(step.indices()), at, count,
                        floats(step.result()), to, where);
            }
        }
    }

    private final class ScatterRows extends BoundStep {
        private final Step.ScatterRows step;
        private final String where;

        ScatterRows(Step.ScatterRows step, String where) {
            this.step = step;
            this.where = where;
        }

        @Override
        void run() {
            int[] e = frame.extents;
            Gather.addRows(
                    frame.team, ints(step.indices()), e[step.indices().offset()], e[step.count()],
                    floats(step.updates()), e[step.updates().offset()], e[step.width()], floats(step.result()),
                    e[step.result().offset()], e[step.rows()], false, where);
        }
    }

    private final class Order extends BoundStep {
        private final Step.Order step;

        Order(Step.Order step) {
            this.step = step;
        }

        @Override
        void run() {
            int[] e = frame.extents;
            int rows = e[step.rows()];
            int width = e[step.width()];
            int from = e[step.source().offset()];
            int to = e[step.result().offset()];
            if (step.source().ints()) {
                RowPasses.order(
                        frame.team, ints(step.source()), from, rows, width, step.descending(), ints(step.result()), to);
            } else {
                RowPasses.order(
                        frame.team, floats(step.source()), from, rows, width, step.descending(), ints(step.result()),
                        to);
            }
        }
    }

    private final class RunningSums extends BoundStep {
        private final Step.RunningSums step;

        RunningSums(Step.RunningSums step) {
            this.step = step;
        }

        @Override
        void run() {
            int[] e = frame.extents;
            int rows = e[step.rows()];
            int width = e[step.width()];
            int from = e[step.source().offset()];
            int to = e[step.result().offset()];
            if (step.source().ints()) {
                RowPasses.sums(
                        frame.team, ints(step.source()), from, rows, width, step.backwards(), ints(step.result()), to);
            } else {
                RowPasses.sums(
                        frame.team, floats(step.source()), from, rows, width, step.backwards(), floats(step.result()),
                        to);
            }
        }
    }

    private final class Draw extends BoundStep {
        private final Step.Draw step;

        Draw(Step.Draw step) {
            this.step = step;
        }

        @Override
        void run() {
            long key = Philox.key(frame.seed, step.stream());
            float[] result = floats(step.result());
            int offset = frame.extents[step.result().offset()];
            int count = frame.extents[step.count()];
            if (step.normal()) {
                Philox.normal(frame.team, key, 0, frame.step, result, offset, count);
            } else {
                Philox.uniform(frame.team, key, 0, frame.step, result, offset, count);
            }
        }
    }

    private final class Move extends BoundStep {
        private final Step.Move step;
        private final Copy copy;

        Move(Step.Move step) {
            this.step = step;
            copy = new Copy(all(step.dims()), all(step.sourceStrides()), all(step.targetStrides()));
        }

        @Override
        void run() {
            int from = frame.extents[step.source().offset()];
            int to = frame.extents[step.target().offset()];
            if (step.source().ints()) {
                copy.run(frame.team, ints(step.source()), from, ints(step.target()), to);
            } else {
                copy.run(frame.team, floats(step.source()), from, floats(step.target()), to);
            }
        }
    }

    private final class Clear extends BoundStep {
        private final Step.Clear step;

        Clear(Step.Clear step) {
            this.step = step;
        }

        @Override
        void run() {
            int from = frame.extents[step.target().offset()];
            int count = frame.extents[step.count()];
            if (step.target().ints()) {
                Copy.fill(ints(step.target()), from, count, 0);
            } else {
                Copy.fill(floats(step.target()), from, count, 0f);
            }
        }
    }
}
