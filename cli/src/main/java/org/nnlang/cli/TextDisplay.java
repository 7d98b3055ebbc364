package org.nnlang.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.nnlang.runtime.train.TrainingListener;
import org.nnlang.runtime.train.TrainingResult;

/// A training for people: one line an epoch and, on a terminal, a bar that is drawn over and over.
final class TextDisplay implements TrainingListener {
    private static final String ERASE_LINE = "\r\u001b[K";
    private static final int BAR = 20;

    /// A terminal that is narrower than the bar's line cuts it off instead of going on below, where nothing would erase it.
    private static final String CUT = "\u001b[?7l";
    private static final String WRAP = "\u001b[?7h";

    /// Writes numbers as the root locale does, and is the one for which `Formatter` loads no locale data: 10 ms of a start.
    private static final Locale NUMBERS = Locale.US;

    private final PrintStream out;
    private final boolean bar;
    private boolean barDrawn;

    /// @param bar whether to draw the bar: the output is a terminal
    TextDisplay(PrintStream out, boolean bar) {
        this.out = out;
        this.bar = bar;
    }

    @Override
    public void started(Started event) {
        var facts = new StringBuilder(event.name());
        facts.append(": ").append(count(event.parameters())).append(" parameters");
        if (event.examples() >= 0) {
            facts.append(", ").append(count(event.examples())).append(event.examples() == 1 ? " example" : " examples");
        }
        if (event.validationExamples() >= 0) {
            facts.append(", ").append(count(event.validationExamples())).append(" to validate");
        }
        if (event.testExamples() >= 0) {
            facts.append(", ").append(count(event.testExamples())).append(" to test");
        }
        facts.append(", ").append(bytes(event.memoryBytes())).append(" of memory");
        if (event.resumedEpoch() > 0) {
            facts.append(", resumed in epoch ").append(event.resumedEpoch());
        }
        out.println(facts);
    }

    @Override
    public void progressed(Progress event) {
        if (!bar) {
            return;
        }
        int filled = (int) Math.min(BAR, BAR * event.step() / Math.max(1, event.stepsPerEpoch()));
        out.print(ERASE_LINE + CUT + "epoch " + event.epoch() + "  " + "━".repeat(filled) + "─".repeat(BAR - filled)
                + "  "
                + metrics(event.train()) + "  " + count(Math.round(event.itemsPerSecond())) + "/s  "
                + duration(event.secondsLeft()) + " left" + WRAP);
        out.flush();
        barDrawn = true;
    }

    @Override
    public void epochEnded(EpochEnded event) {
        erase();
        var line = new StringBuilder("epoch ").append(event.epoch()).append("  ").append(metrics(event.train()));
        if (!event.validate().isEmpty()) {
            line.append("  | validate ").append(metrics(event.validate()));
        }
        line.append("  ").append(duration(event.seconds()));
        out.println(line);
    }

    @Override
    public void finished(TrainingResult result) {
        erase();
        String ended = switch (result.ending()) {
            case COMPLETE -> "done";
            case EARLY_STOP -> "stopped early, no improvement";
            case INTERRUPTED -> "interrupted";
        };
        var line = new StringBuilder(ended).append(" after ").append(duration(result.seconds()));
        if (!result.validate().isEmpty()) {
            line.append(result.bestEpoch() > 0 ? ": best epoch " + result.bestEpoch() + ", validate " : ": validate ")
                    .append(metrics(result.validate()));
        }
        if (!result.test().isEmpty()) {
            line.append(result.validate().isEmpty() ? ": " : ", ").append("test ").append(metrics(result.test()));
        }
        out.println(line);
        if (result.checkpoint() != null) {
            out.println("saved " + result.checkpoint());
        }
        if (result.ending() == TrainingResult.Ending.INTERRUPTED && result.resumable() != null) {
            out.println("go on with --resume");
        }
        out.flush();
    }

    /// Ends the bar's line, so that an error starts on one of its own.
    void erase() {
        if (barDrawn) {
            out.print(ERASE_LINE);
            out.flush();
            barDrawn = false;
        }
    }

    static String metrics(Map<String, Double> values) {
        return values.entrySet().stream().map(m -> m.getKey() + " " + number(m.getValue()))
                .collect(Collectors.joining("  "));
    }

    static String number(double value) {
        double size = Math.abs(value);
        return size == 0 || size >= 1e-3 && size < 1e5
                ? String.format(NUMBERS, "%.4f", value)
                : String.format(NUMBERS, "%.3e", value);
    }

    static String count(long value) {
        return String.format(NUMBERS, "%,d", value);
    }

    static String bytes(long value) {
        double size = value;
        for (String unit : new String[] {"B", "KB", "MB"}) {
            if (size < 1000) {
                return String.format(NUMBERS, size < 10 ? "%.1f %s" : "%.0f %s", size, unit);
            }
            size /= 1000;
        }
        return String.format(NUMBERS, "%.1f GB", size);
    }

    static String duration(double seconds) {
        if (seconds < 60) {
            return String.format(NUMBERS, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        return whole < 3600
                ? String.format(NUMBERS, "%d min %02d s", whole / 60, whole % 60)
                : String.format(NUMBERS, "%d h %02d min", whole / 3600, whole / 60 % 60);
    }
}
