package org.nnlang.cli.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// From the least to the greatest value of an axis, over round numbers.
///
/// @param step from one tick to the next; on a logarithmic axis, in powers of ten
record Scale(double from, double to, double step, boolean isLogarithmic) {
    private static final int TICKS = 5;

    static Scale over(double least, double most) {
        double span = most > least ? most - least : Math.max(Math.abs(most), 1e-30) * 0.1;
        double step = roundStep(span / TICKS);
        double low = most > least ? least : least - span / 2;
        double high = most > least ? most : most + span / 2;
        return new Scale(Math.floor(low / step) * step, Math.ceil(high / step) * step, step, false);
    }

    /// Over powers of ten; both must be above zero.
    static Scale overPowers(double least, double most) {
        double low = Math.floor(Math.log10(least) + 1e-9);
        double high = Math.max(low + 1, Math.ceil(Math.log10(most) - 1e-9));
        return new Scale(Math.pow(10, low), Math.pow(10, high), Math.max(1, Math.ceil((high - low) / TICKS)), true);
    }

    /// From left to right, exactly so far.
    static Scale across(double first, double last) {
        double end = last > first ? last : first + 1;
        return new Scale(first, end, Math.max(1, roundStep((end - first) / TICKS)), false);
    }

    private static double roundStep(double raw) {
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        return raw / power <= 1 ? power : raw / power <= 2 ? 2 * power : raw / power <= 5 ? 5 * power : 10 * power;
    }

    List<Double> ticks() {
        var ticks = new ArrayList<Double>();
        if (isLogarithmic) {
            for (double power = Math.log10(from); power <= Math.log10(to) + 1e-9; power += step) {
                ticks.add(Math.pow(10, Math.rint(power)));
            }
            return ticks;
        }
        long count = (long) Math.floor((to - from) / step + 1e-6);
        double first = Math.ceil(from / step - 1e-6) * step;
        for (long i = 0; i <= count && first + i * step <= to + step * 1e-6; i++) {
            ticks.add(first + i * step);
        }
        return ticks;
    }

    String label(double tick) {
        if (isLogarithmic) {
            return tick >= 1e-3 && tick < 1e5
                    ? trimmed(String.format(Locale.ROOT, "%.3f", tick))
                    : String.format(Locale.ROOT, "%.0e", tick);
        }
        int digits = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
        return digits > 5 || Math.abs(tick) >= 1e6
                ? String.format(Locale.ROOT, "%.1e", tick)
                : String.format(Locale.ROOT, "%." + digits + "f", Math.abs(tick) < step * 1e-6 ? 0.0 : tick);
    }

    private static String trimmed(String number) {
        return number.replaceFirst("\\.?0+$", "");
    }

    /// Where a value is, from 0 to 1.
    double place(double value) {
        return isLogarithmic
                ? (Math.log10(value) - Math.log10(from)) / (Math.log10(to) - Math.log10(from))
                : (value - from) / (to - from);
    }
}
