package org.nnlang.runtime.program;

import java.util.ArrayList;
import java.util.Arrays;
import org.nnlang.runtime.fused.FusedLaunch;
import org.nnlang.runtime.kernel.HeldFactor;

/// A [Step.Repeat], bound: knows which round it is, and moves what lies elsewhere in each. Going to the next round allocates
/// nothing.
final class Rounds extends BoundStep {
    private final Frame frame;
    private final int step;
    private final int trips;
    private final int[] distances;
    private final Step.Shift[] shifts;
    /// Operands of loops that begin at a moving extent.
    private FusedLaunch[] launches = {};
    private int[] operands = {};
    private int[] places = {};
    /// Factors that no round changes.
    private HeldFactor[] held = {};
    private int round = -1;

    Rounds(Frame frame, int step, Step.Repeat repeat) {
        this.frame = frame;
        this.step = step;
        trips = frame.extents[repeat.trips()];
        shifts = repeat.shifts().toArray(Step.Shift[]::new);
        distances = repeat.shifts().stream().mapToInt(shift -> frame.extents[shift.distance()]).toArray();
        place(0);
    }

    int step() {
        return step;
    }

    int trips() {
        return trips;
    }

    /// Finds the operands to move, once all steps of the round are bound.
    void connect(Image image) {
        var foundLaunches = new ArrayList<FusedLaunch>();
        var foundOperands = new ArrayList<Integer>();
        var foundPlaces = new ArrayList<Integer>();
        boolean[] moving = new boolean[frame.extents.length];
        for (Step.Shift shift : shifts) {
            moving[shift.extent()] = true;
        }
        for (int inner = step + 1; inner < frame.end(step); inner++) {
            FusedLaunch launch = frame.bound[inner].loop();
            Step.Loop loop = switch (image.steps().get(inner)) {
                case Step.Loop found -> found;
                case Step.Product product -> product.epilogue();
                case Step.Call call -> call.epilogue();
                case Step.GatherRows _, Step.ScatterRows _, Step.Order _, Step.RunningSums _, Step.Draw _, Step.Move _, Step.Clear _, Step.Repeat _ ->
                    null;
            };
            if (launch == null || loop == null) {
                continue;
            }
            for (int operand = 0; operand < loop.operands().size(); operand++) {
                int offset = loop.operands().get(operand).place().offset();
                if (moving[offset]) {
                    foundLaunches.add(launch);
                    foundOperands.add(operand);
                    foundPlaces.add(offset);
                }
            }
        }
        launches = foundLaunches.toArray(FusedLaunch[]::new);
        operands = foundOperands.stream().mapToInt(Integer::intValue).toArray();
        places = foundPlaces.stream().mapToInt(Integer::intValue).toArray();
    }

    /// Takes a factor that no round changes, but what runs before may.
    void hold(HeldFactor factor) {
        held = Arrays.copyOf(held, held.length + 1);
        held[held.length - 1] = factor;
    }

    private void place(int current) {
        for (int i = 0; i < shifts.length; i++) {
            Step.Shift shift = shifts[i];
            frame.extents[shift.extent()] =
                    frame.extents[shift.from()] + shift.distances(trips, current) * distances[i];
        }
    }

    /// Before the first round.
    void rewind() {
        round = -1;
        place(0);
    }

    /// Goes to the next round; false after the last, and then all is as before the first.
    boolean next() {
        round++;
        if (round >= trips) {
            rewind();
            return false;
        }
        place(round);
        if (round == 0) {
            for (int i = 0; i < held.length; i++) {
                held[i].forget();
            }
        }
        for (int i = 0; i < launches.length; i++) {
            launches[i].arguments().shift(operands[i], frame.extents[places[i]]);
        }
        return true;
    }

    @Override
    void run() {
        while (next()) {
            frame.run(step + 1, frame.end(step));
        }
    }
}
