package org.nnlang.compiler.plan;

import java.util.ArrayList;
import java.util.List;
import org.nnlang.runtime.program.Step;

/// What lies elsewhere in each round of a loop.
final class LoopShifts {
    private final List<Step.Shift> shifts = new ArrayList<>();

    void add(Step.Shift shift) {
        shifts.add(shift);
    }

    List<Step.Shift> all() {
        return List.copyOf(shifts);
    }
}
