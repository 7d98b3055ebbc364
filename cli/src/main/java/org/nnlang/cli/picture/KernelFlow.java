package org.nnlang.cli.picture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Note;
import org.nnlang.runtime.program.Step;
import org.nnlang.runtime.program.StepFlow;
import org.nnlang.runtime.program.StepParameters;
import org.nnlang.runtime.train.StepProfile;

/// What a program does, kernel by kernel, and how long each takes.
public final class KernelFlow {
    private static final int PARAMETERS = 3;

    private KernelFlow() {}

    /// The kernels of a program, each with those whose results it reads. Rounds of a loop stand once.
    ///
    /// @param entries what they took; empty where nobody has looked
    public static DataFlow of(Instance instance, List<StepProfile.Entry> entries) {
        Image image = instance.image();
        List<List<Integer>> sources = StepFlow.of(instance);
        List<List<String>> parameters = StepParameters.of(instance);
        Map<Integer, StepProfile.Entry> measured =
                entries.stream().collect(Collectors.toMap(StepProfile.Entry::index, entry -> entry));
        double all = Math.max(1, entries.stream().mapToDouble(StepProfile.Entry::nanos).sum());
        Map<Integer, Integer> places = new HashMap<>();
        List<DataFlow.Box> boxes = new ArrayList<>();
        for (int step = 0; step < image.steps().size(); step++) {
            if (image.steps().get(step) instanceof Step.Repeat) {
                continue;
            }
            Note note = image.notes().get(step);
            List<String> lines = new ArrayList<>();
            lines.add(shortened(note.label(), 44));
            List<String> names = parameters.get(step);
            names.stream().limit(PARAMETERS).forEach(lines::add);
            if (names.size() > PARAMETERS) {
                lines.add("and " + (names.size() - PARAMETERS) + " others");
            }
            StepProfile.Entry entry = measured.get(step);
            double heat = entry == null ? 0 : entry.nanos() / all;
            if (entry != null) {
                lines.add(time(entry.nanos()) + String.format(Locale.ROOT, ", %.1f %%", 100 * heat));
            }
            places.put(step, boxes.size());
            boxes.add(new DataFlow.Box(
                    DataFlow.Kind.OPERATIONS, lines, note.line() == 0 ? "" : note.source() + ":" + note.line(),
                    sources.get(step).stream().filter(places::containsKey).map(places::get)
                            .filter(source -> source < boxes.size()).toList(),
                    heat));
        }
        return new DataFlow(boxes);
    }

    private static String shortened(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }

    /// A time in words.
    public static String time(double nanos) {
        return nanos < 1e6
                ? String.format(Locale.ROOT, "%.1f µs", nanos * 1e-3)
                : String.format(Locale.ROOT, "%.2f ms", nanos * 1e-6);
    }
}
