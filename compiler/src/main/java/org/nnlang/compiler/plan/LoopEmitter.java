package org.nnlang.compiler.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Body;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.IrException;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.program.Step;

/// Writes the steps of a loop: one [Step.Repeat], and after it the steps of a round. A round reads its slices, and writes what
/// is stacked, where they belong, as offsets move from round to round; nothing is copied in between.
///
/// What is carried lies on a *tape* of one place more than there are rounds, where its values are stacked anyway: a round
/// reads one place and writes the next. Else it goes to and fro between two places.
final class LoopEmitter {
    private final Emitter outer;
    private final Extents extents;
    private final Storage storage;
    private final Form.Scan scan;
    private final Body body;
    private final Dim trips;
    private final LoopShifts shifts = new LoopShifts();
    private final List<Node> inputs;

    /// The wanted results, by what they are of the body.
    private final Map<Node, Node> stacks = new HashMap<>();
    private final Map<Integer, Node> lasts = new HashMap<>();

    /// What must keep its place for all rounds.
    private final Set<Location> held = new LinkedHashSet<>();

    /// Results that lie elsewhere than where they are wanted.
    private final List<Result> misplaced = new ArrayList<>();

    private record Result(Node node, Location source, Location target) {}

    /// A carried value.
    ///
    /// @param read  where a round finds it
    /// @param write where it leaves the next
    /// @param first where the first round finds it
    /// @param last  where the last round leaves it
    private record Place(Location read, Location write, Location first, Location last) {}

    /// Something that a round computes, and where to.
    private record Target(Node node, Location place, String what) {}

    /// @param results all that is wanted of the loop
    LoopEmitter(Emitter outer, Form.Scan scan, List<Node> results) {
        this.outer = outer;
        this.extents = outer.extents();
        this.storage = outer.storage();
        this.scan = scan;
        this.body = scan.body();
        this.trips = scan.trips();
        this.inputs = results.getFirst().inputs();
        for (Node result : results) {
            switch (((Form.Scan) result.form()).result()) {
                case Form.Last(int carried) -> lasts.put(carried, result);
                case Form.Stacked(var node) -> stacks.put(node, result);
            }
        }
    }

    void emit() {
        var places = new ArrayList<Location>();
        var targets = new ArrayList<Target>();
        for (int i = 0; i < body.carried().size(); i++) {
            Place place = place(i);
            outer.copy(inputs.get(i), place.first());
            places.add(place.read());
            targets.add(new Target(body.next().get(i), place.write(), "next"));
            Node last = lasts.get(i);
            if (last != null) {
                result(last, place.last());
            }
        }
        int input = body.carried().size();
        for (Node slice : body.slices()) {
            Location sequence = outer.contiguous(inputs.get(input++));
            held.add(sequence);
            places.add(moving(sequence, slice.shape().size(), 0));
        }
        stacks.forEach((node, result) -> {
            if (!isOnTape(result)) {
                Location all = storage.home(result);
                held.add(all);
                targets.add(new Target(node, moving(all, node.shape().size(), 0), "stack"));
            }
        });

        var round = round(targets);
        Set<Node> turned = outer.effort() != Fusion.Effort.NONE ? TurnedFactors.of(body, round) : Set.of();
        for (Node captured : body.captured()) {
            Node given = inputs.get(input++);
            Location place = turned.contains(captured) ? outer.transposed(given) : outer.contiguous(given);
            held.add(place);
            places.add(place);
        }
        if (!turned.isEmpty()) {
            round = TurnedFactors.exchange(round, turned);
        }

        int repeat = outer.steps().size();
        held.forEach(outer::touch);
        Node any = lasts.isEmpty() ? stacks.values().iterator().next() : lasts.values().iterator().next();
        outer.step(new Step.Repeat(extents.of(trips), 0, List.of()), "scan", any, Dim.ZERO);
        emitRound(round, places, targets);
        int count = outer.steps().size() - repeat - 1;
        held.forEach(location -> storage.touch(location, repeat + count));
        outer.steps().set(repeat, new Step.Repeat(extents.of(trips), count, shifts.all()));
        for (Result each : misplaced) {
            outer.copy(each.node(), each.source(), each.target());
        }
    }

    /// Where a round's part of something lies that has one for each round.
    ///
    /// @param ahead how many parts further on
    private Location moving(Location all, Dim size, int ahead) {
        Dim first = scan.reversed() ? trips.minus(1).times(size) : Dim.ZERO;
        Dim distance = scan.reversed() ? size.negate() : size;
        return all.plus(first.plus(size.times(ahead))).shifted(shifts, distance, false);
    }

    private final Set<Node> onTape = new HashSet<>();

    private boolean isOnTape(Node result) {
        return onTape.contains(result);
    }

    private Place place(int carried) {
        Node before = body.carried().get(carried);
        Node after = body.next().get(carried);
        Dim size = before.shape().size();
        Node allBefore = stacks.get(before);
        Node allAfter = onTape.contains(stacks.get(after)) ? null : stacks.get(after);
        if (allBefore == null && allAfter == null) {
            Location two = storage.buffer(
                    "carried", Segment.ARENA, before.type().dtype(), size.times(2));
            held.add(two);
            Location read = two.shifted(shifts, size, true);
            return new Place(read, two.plus(size).shifted(shifts, size.negate(), true), read, two);
        }
        Location tape = storage.buffer(
                "carried", Segment.ARENA, before.type().dtype(), trips.plus(1).times(size));
        held.add(tape);
        int readAhead = scan.reversed() ? 1 : 0;
        int writeAhead = 1 - readAhead;
        if (allBefore != null) {
            onTape.add(allBefore);
            result(allBefore, tape.plus(size.times(readAhead)));
        }
        if (allAfter != null) {
            onTape.add(allAfter);
            result(allAfter, tape.plus(size.times(writeAhead)));
        }
        Location end = tape.plus(trips.times(size));
        return new Place(
                moving(tape, size, readAhead),
                moving(tape, size, writeAhead),
                scan.reversed() ? end : tape,
                scan.reversed() ? tape : end);
    }

    private void result(Node result, Location place) {
        Location wanted = storage.find(result);
        if (wanted == null) {
            storage.put(result, place);
        } else {
            misplaced.add(new Result(result, place, wanted));
        }
    }

    private Procedure round(List<Target> targets) {
        var outputs = new ArrayList<Procedure.Output>();
        for (int i = 0; i < targets.size(); i++) {
            outputs.add(new Procedure.Output(targets.get(i).what() + i, targets.get(i).node()));
        }
        return new Procedure("round", body.inputs(), outputs, List.of());
    }

    /// The steps of one round.
    ///
    /// @param places of its inputs
    private void emitRound(Procedure round, List<Location> places, List<Target> targets) {
        var fusion = Fusion.of(round, outer.effort(), _ -> false);
        var jobs = new Jobs(fusion, storage);
        for (int i = 0; i < places.size(); i++) {
            storage.put(fusion.procedure().inputs().get(i), places.get(i));
        }
        jobs.addClusters();
        for (int i = 0; i < targets.size(); i++) {
            Node node = fusion.procedure().outputs().get(i).node();
            if (!jobs.home(node, targets.get(i).place())) {
                jobs.write(node, targets.get(i).place(), targets.get(i).what());
            }
        }
        List<Job> order = jobs.schedule.sorted();
        if (order.size() < jobs.schedule.jobs().size()) {
            throw new IrException("the steps of a round wait for each other");
        }
        outer.inner(jobs, trips).emit(order);
    }
}
