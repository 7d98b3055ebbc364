package org.nnlang.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.pipeline.BackEnd.CompiledTraining;
import org.nnlang.compiler.pipeline.Probe;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.train.StepObserver;
import org.nnlang.runtime.train.StepProfile;
import org.nnlang.runtime.train.Trainer;
import org.nnlang.runtime.train.TrainingListener;
import org.nnlang.runtime.train.TrainingPlan;

/// All that looks at a run for the sake of its report: a few hundred steps of a run, and every validation.
final class Looking implements TrainingListener {
    private static final int LOOKS = 200;

    private final RunLog log;
    private final StepProbe steps;
    private final @Nullable StepProbe validations;
    private final @Nullable StepProfile profile;
    private final boolean ownsProfile;
    private final Verdicts verdicts = new Verdicts();

    /// @param profile measures the steps, or null where they are on a device
    /// @param ownsProfile whether nobody else wants to know of every step
    Looking(
            CompiledTraining training, RunLog log, Team team, @Nullable StepProfile profile, boolean ownsProfile) {
        this.log = log;
        this.profile = profile;
        this.ownsProfile = ownsProfile;
        TrainingProgram source = training.source();
        TrainingPlan plan = training.plan();
        TrainingProgram.Loop validate = source.validate();
        TrainingPlan.Loop validation = plan.validate();
        Probe step = Probe.of(training, source.step()).orElse(null);
        steps = new StepProbe(
                plan.step(), step, log, team, plan.seed(), 1, validate == null ? verdicts : null);
        Probe judged = validate == null ? null : Probe.of(training, validate).orElse(null);
        validations = judged == null || validation == null
                ? null
                : new StepProbe(validation, judged, log, team, plan.seed(), 0, verdicts);
    }

    /// Looks at validations from now on.
    ///
    /// @return who must see the steps
    List<StepObserver> attach(Trainer trainer) {
        if (validations != null) {
            trainer.observeValidation(validations);
        }
        var observers = new ArrayList<StepObserver>(List.of(steps));
        StepProfile measuring = profile;
        if (measuring != null) {
            observers.add(new StepObserver() {
                @Override
                public void before(Observed observed) {
                    if (ownsProfile) {
                        measuring.look(steps.looked());
                    }
                }

                @Override
                public void after(Observed observed) {
                    Instance measured = measuring.measured();
                    if (measured != null && measuring.runs() > 0 && steps.looked()) {
                        long seen = measuring.runs();
                        log.measured(new RunLog.Kernels(measured, measuring.entries(), seen));
                    }
                }
            });
        }
        return observers;
    }

    @Override
    public void started(Started event) {
        steps.every(event.steps() < 0 ? LOOKS : Math.max(1, event.steps() / LOOKS));
    }

    @Override
    public void epochEnded(EpochEnded event) {
        if (validations != null) {
            log.judged(verdicts.copy());
        }
    }
}
