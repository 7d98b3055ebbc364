package org.nnlang.runtime.train;

import java.util.List;
import java.util.Map;
import org.nnlang.runtime.program.Instance;

/// Sees each training step before it runs and after, on the thread that runs it.
public interface StepObserver {
    /// A step, whose inputs are in place.
    ///
    /// @param sizes what each free dimension is
    /// @param step counted from 1 over the whole run
    record Observed(Instance instance, Map<String, Integer> sizes, int epoch, long step) {}

    /// The step's inputs are in place, and variables are as it finds them.
    void before(Observed observed);

    /// The step has run: outputs and variables are as it left them.
    void after(Observed observed);

    /// Shows steps to several, in this order.
    static StepObserver all(List<? extends StepObserver> observers) {
        List<StepObserver> all = List.copyOf(observers);
        return new StepObserver() {
            @Override
            public void before(Observed observed) {
                all.forEach(observer -> observer.before(observed));
            }

            @Override
            public void after(Observed observed) {
                all.forEach(observer -> observer.after(observed));
            }
        };
    }
}
