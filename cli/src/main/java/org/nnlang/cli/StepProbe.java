package org.nnlang.cli;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.pipeline.Probe;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Port;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.program.Variable;
import org.nnlang.runtime.train.StepObserver;
import org.nnlang.runtime.train.TrainingPlan;

/// Runs the probe of a loop beside it, on the same batch and the same variables: of a step now and then, of a validation with every
/// batch. What the loop computes is the same without it, to the last bit.
final class StepProbe implements StepObserver {
    private static final long EARLY = 25;

    private final TrainingPlan.Loop loop;
    private final @Nullable Probe probe;
    private final RunLog log;
    private final Team team;
    private final long seed;
    private long distance;
    private final @Nullable Verdicts verdicts;
    private final Map<Map<String, Integer>, Instance> instances = new HashMap<>();
    private long next = -1;
    private boolean looking;
    private Map<String, Double> schedules = Map.of();
    private Map<String, Double> gradients = Map.of();
    private Map<String, Double> weights = Map.of();

    /// @param probe null where nothing can be observed but reports and weights
    /// @param distance from one step that is looked at to the next, at most; 0 for a validation
    /// @param verdicts where judgements are collected, or null
    StepProbe(
            TrainingPlan.Loop loop, @Nullable Probe probe, RunLog log, Team team, long seed, long distance,
            @Nullable Verdicts verdicts) {
        this.loop = loop;
        this.probe = probe;
        this.log = log;
        this.team = team;
        this.seed = seed;
        this.distance = distance;
        this.verdicts = verdicts;
    }

    /// Looks at one step of so many, and in the beginning at more.
    void every(long steps) {
        distance = steps;
    }

    /// Whether the last step was looked at.
    boolean looked() {
        return looking;
    }

    @Override
    public void before(Observed observed) {
        looking = distance == 0 || next < 0 || observed.step() >= next;
        if (!looking) {
            return;
        }
        if (distance > 0) {
            // Often in the beginning, when most happens.
            next = observed.step() + Math.clamp(observed.step() / EARLY, 1, distance);
            weights = weights(observed.instance().memory());
        }
        Probe looks = probe;
        if (looks == null) {
            return;
        }
        Instance instance = instances.computeIfAbsent(
                observed.sizes(),
                sizes -> Instance.bind(
                        looks.image(), looks.program(), observed.instance().memory(), sizes, team));
        copyInputs(observed.instance(), instance);
        instance.seed(seed);
        instance.epoch(observed.epoch());
        instance.step((int) observed.step());
        instance.run();
        if (distance > 0) {
            schedules = scalars(looks.schedules(), instance);
            gradients = scalars(looks.gradients(), instance);
            gradients.replaceAll((_, squares) -> Math.sqrt(squares));
        }
        if (verdicts != null) {
            if (distance > 0) {
                verdicts.begin(observed.epoch(), observed.step());
            } else if (verdicts.epoch() != observed.epoch()) {
                verdicts.begin(observed.epoch(), 0);
            }
            verdicts.add(looks, instance, observed.instance());
            if (distance > 0) {
                log.judged(verdicts.copy());
            }
        }
    }

    @Override
    public void after(Observed observed) {
        if (!looking || distance == 0) {
            return;
        }
        Map<String, Double> reports = new LinkedHashMap<>();
        for (TrainingPlan.Report report : loop.reports()) {
            reports.put(report.name(), (double) observed.instance().scalarOutput(report.output()));
        }
        log.add(new RunLog.Moment(observed.epoch(), observed.step(), reports, schedules, gradients, weights));
    }

    private static void copyInputs(Instance from, Instance to) {
        for (String name : to.inputs()) {
            if (!from.inputs().contains(name)) {
                continue; // the step's or the epoch's number
            }
            Port source = from.input(name);
            Port target = to.input(name);
            int size = from.size(source);
            if (source.place().ints()) {
                System.arraycopy(from.ints(source), from.offset(source), to.ints(target), to.offset(target), size);
            } else {
                System.arraycopy(from.floats(source), from.offset(source), to.floats(target), to.offset(target), size);
            }
        }
    }

    private static Map<String, Double> scalars(Map<String, String> outputs, Instance instance) {
        Map<String, Double> values = new LinkedHashMap<>();
        outputs.forEach((name, output) -> values.put(name, (double) instance.scalarOutput(output)));
        return values;
    }

    private static Map<String, Double> weights(Memory memory) {
        Map<String, Double> norms = new LinkedHashMap<>();
        for (Variable variable : memory.variables()) {
            if (variable.segment() == Segment.PARAMETERS && variable.dtype().isFloat()) {
                boolean here = memory.accelerator() == null;
                float[] values = here ? memory.floats(Segment.PARAMETERS) : memory.getFloats(variable.name());
                int from = here ? variable.offset() : 0;
                double sum = 0;
                for (int i = from; i < from + variable.size(); i++) {
                    sum += (double) values[i] * values[i];
                }
                norms.put(variable.name(), Math.sqrt(sum));
            }
        }
        return norms;
    }
}
