package org.nnlang.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.kernel.Machine;
import org.nnlang.runtime.kernel.MemoryBandwidth;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Step;
import org.nnlang.runtime.program.StepParameters;
import org.nnlang.runtime.program.Traffic;
import org.nnlang.runtime.train.StepProfile;
import org.nnlang.runtime.train.StepProfile.Entry;

/// Where a step's work goes, one row for each thing it does and then one for each line of the program that asked for it: what it is
/// expected to cost, or what it did.
final class CostTable {
    /// Rows that are shown; what takes less is summed up.
    private static final int ROWS = 25;

    /// Operations that processors do in the time in which a byte comes from memory.
    private static final double TYPICAL_BALANCE = 16;

    private static final int WIDTH = 40;

    private final SourceFile source;
    private final List<Entry> entries;

    /// @param source the program, whose lines are quoted
    private CostTable(SourceFile source, List<Entry> entries) {
        this.source = source;
        this.entries = entries;
    }

    /// What the machine can do, by measurements of a moment.
    ///
    /// @param flops operations a second
    /// @param bytes read and written in memory, a second
    record Limits(double flops, double bytes) {
        static Limits measure(Team team) {
            return new Limits(Machine.fmaPeak() * 1e9 * team.threads(), MemoryBandwidth.measure(team));
        }

        /// The nanoseconds that these need at least.
        double nanos(double operations, double moved) {
            return 1e9 * Math.max(operations / flops, moved / bytes);
        }
    }

    /// Prints what a procedure is expected to cost.
    static void predicted(SourceFile source, Instance instance) {
        Image image = instance.image();
        long[] bytes = Traffic.of(instance);
        List<List<String>> parameters = StepParameters.of(instance);
        List<Entry> entries = IntStream.range(0, bytes.length)
                .filter(step -> !(image.steps().get(step) instanceof Step.Repeat))
                .mapToObj(step -> {
                    var note = image.notes().get(step);
                    return new Entry(
                            step, note.label(), note.line(), note.source(), parameters.get(step), 0,
                            instance.flops(step), bytes[step]);
                })
                .toList();
        new CostTable(source, entries).print(null);
    }

    /// Prints what steps did cost.
    static void measured(SourceFile source, StepProfile profile, Team team) {
        List<Entry> entries = profile.entries();
        Limits limits = Limits.measure(team);
        double nanos = entries.stream().mapToDouble(Entry::nanos).sum();
        System.out.println();
        System.out.println(String.format(
                Locale.ROOT,
                "A step takes %s, by the last %,d; %d %s can do %.0f GFLOP/s and move %.0f GB/s.",
                time(nanos),
                profile.runs(),
                team.threads(),
                team.threads() == 1 ? "thread" : "threads",
                limits.flops() * 1e-9,
                limits.bytes() * 1e-9));
        new CostTable(source, entries).print(limits);
    }

    /// The same as one object on one line.
    static String json(StepProfile profile, Team team) {
        Limits limits = Limits.measure(team);
        List<Object> steps = new ArrayList<>();
        for (Entry entry : profile.entries()) {
            Map<String, Object> step = new LinkedHashMap<>();
            step.put("step", entry.index());
            step.put("what", entry.label());
            step.put("file", entry.source());
            step.put("line", entry.line());
            step.put("parameters", entry.parameters());
            step.put("microseconds", entry.nanos() * 1e-3);
            step.put("flops", entry.flops());
            step.put("bytes", entry.bytes());
            step.put("of_limit", ofLimit(entry, limits));
            steps.add(step);
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("event", "profile");
        line.put("steps_measured", profile.runs());
        line.put("threads", team.threads());
        line.put("peak_gflops", limits.flops() * 1e-9);
        line.put("memory_gb_per_s", limits.bytes() * 1e-9);
        line.put("steps", steps);
        return Json.of(line).toString();
    }

    private void print(@Nullable Limits limits) {
        List<Entry> sorted = sorted(entries, limits);
        row(limits, "", "step", null, "");
        for (Entry entry : sorted.subList(0, Math.min(ROWS, sorted.size()))) {
            String layer = layer(entry);
            row(
                    limits,
                    Integer.toString(entry.index()),
                    entry.label(),
                    entry,
                    place(entry) + (layer.isEmpty() ? "" : "  " + layer));
        }
        if (sorted.size() > ROWS) {
            Entry rest = sorted.subList(ROWS, sorted.size()).stream().reduce(CostTable::sum).orElseThrow();
            row(limits, "", (sorted.size() - ROWS) + " others", rest, "");
        }
        grouped(limits, "layer", entry -> layer(entry).isEmpty() ? "none, or several" : layer(entry), _ -> "");
        grouped(limits, "line of the source", CostTable::place, this::text);
    }

    private void grouped(
            @Nullable Limits limits, String head, Function<Entry, String> key, Function<Entry, String> end) {
        System.out.println();
        row(limits, "", head, null, "");
        Map<String, Entry> groups = new LinkedHashMap<>();
        for (Entry entry : entries) {
            groups.merge(key.apply(entry), entry, CostTable::sum);
        }
        for (Entry sum : sorted(List.copyOf(groups.values()), limits)) {
            String name = groups.entrySet().stream()
                    .filter(group -> group.getValue() == sum)
                    .findFirst()
                    .orElseThrow()
                    .getKey();
            row(limits, "", name, sum, end.apply(sum));
        }
    }

    /// The most expensive first: by time, or, before there is one, by whichever of operations and bytes would take longer.
    private static List<Entry> sorted(List<Entry> entries, @Nullable Limits limits) {
        return entries.stream()
                .sorted(Comparator.comparingDouble((Entry entry) -> limits == null
                        ? Math.max(entry.flops() / TYPICAL_BALANCE, entry.bytes())
                        : entry.nanos())
                        .reversed())
                .toList();
    }

    /// The layer whose parameters it works on, or nothing where it is none or more than one.
    private static String layer(Entry entry) {
        List<String> layers = entry.parameters().stream()
                .map(name -> name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : name)
                .distinct()
                .toList();
        return layers.size() == 1 ? layers.getFirst() : "";
    }

    private static Entry sum(Entry a, Entry b) {
        return new Entry(
                b.index(), b.label(), b.line(), b.source(), b.parameters(), a.nanos() + b.nanos(),
                a.flops() + b.flops(), a.bytes() + b.bytes());
    }

    private static String place(Entry entry) {
        return entry.line() == 0 ? "(nowhere)" : entry.source() + ":" + entry.line();
    }

    /// The line itself, where it is the program's own.
    private String text(Entry entry) {
        boolean own = entry.source().equals(source.name()) && entry.line() > 0;
        return own ? source.lineText(entry.line()).strip() : "";
    }

    /// @param entry null for the head of the table
    private void row(@Nullable Limits limits, String index, String what, @Nullable Entry entry, String end) {
        var text = new StringBuilder(String.format(Locale.ROOT, "%4s  %-" + WIDTH + "s", index, shortened(what)));
        if (limits == null) {
            cells(text, entry == null ? List.of("MFLOP", "share", "bytes", "FLOP/byte") : predicted(entry));
        } else {
            cells(
                    text,
                    entry == null
                            ? List.of("time", "share", "GFLOP/s", "GB/s", "of limit")
                            : measured(entry, limits));
        }
        System.out.println((text + "  " + end).stripTrailing());
    }

    private static void cells(StringBuilder text, List<String> cells) {
        cells.forEach(cell -> text.append(String.format(Locale.ROOT, "  %9s", cell)));
    }

    private List<String> predicted(Entry entry) {
        double all = entries.stream().mapToDouble(Entry::flops).sum();
        return List.of(
                String.format(Locale.ROOT, "%.3f", entry.flops() * 1e-6),
                percent(entry.flops() / Math.max(1, all)),
                TextDisplay.bytes((long) entry.bytes()),
                String.format(Locale.ROOT, "%.1f", entry.flops() / Math.max(1, entry.bytes())));
    }

    private List<String> measured(Entry entry, Limits limits) {
        double all = entries.stream().mapToDouble(Entry::nanos).sum();
        double nanos = Math.max(1, entry.nanos());
        return List.of(
                time(entry.nanos()),
                percent(entry.nanos() / Math.max(1, all)),
                String.format(Locale.ROOT, "%.1f", entry.flops() / nanos),
                String.format(Locale.ROOT, "%.1f", entry.bytes() / nanos),
                percent(ofLimit(entry, limits)));
    }

    /// How much of the time is what arithmetic or memory needs at least, whichever needs more.
    private static double ofLimit(Entry entry, Limits limits) {
        return limits.nanos(entry.flops(), entry.bytes()) / Math.max(1, entry.nanos());
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    private static String time(double nanos) {
        return nanos < 1e6
                ? String.format(Locale.ROOT, "%.1f µs", nanos * 1e-3)
                : String.format(Locale.ROOT, "%.2f ms", nanos * 1e-6);
    }

    private static String shortened(String what) {
        return what.length() <= WIDTH ? what : what.substring(0, WIDTH - 1) + "…";
    }
}
