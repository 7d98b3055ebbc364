package org.nnlang.runtime.data;

/// Takes numbers from training data. Sums run over the examples in their order, in double, so that they are the same
/// on every machine.
final class Fitting {
    private Fitting() {}

    /// The mean of each element of a field over the examples that have it.
    static Fitted means(Dataset data, String field) {
        return new Fitted(field, floats(means(data, data.header().indexOf(field))), null, null);
    }

    /// The mean and the standard deviation (of the population) of each element. An element that never changes has
    /// deviation 1, so it becomes 0.
    static Fitted meansAndDeviations(Dataset data, String field) {
        int index = data.header().indexOf(field);
        double[] means = means(data, index);
        var values = new float[means.length];
        var squares = new double[means.length];
        for (int example = 0; example < data.count(); example++) {
            data.read(example, index, values, 0);
            for (int i = 0; i < values.length; i++) {
                double apart = values[i] - means[i];
                squares[i] += apart * apart;
            }
        }
        for (int i = 0; i < squares.length; i++) {
            float deviation = (float) Math.sqrt(squares[i] / data.count());
            squares[i] = deviation > 0 ? deviation : 1;
        }
        return new Fitted(field, null, floats(means), floats(squares));
    }

    private static double[] means(Dataset data, int index) {
        int size = data.header().fields().get(index).size();
        var values = new float[size];
        var sums = new double[size];
        var counts = new int[size];
        for (int example = 0; example < data.count(); example++) {
            data.read(example, index, values, 0);
            for (int i = 0; i < size; i++) {
                if (!Float.isNaN(values[i])) {
                    sums[i] += values[i];
                    counts[i]++;
                }
            }
        }
        for (int i = 0; i < size; i++) {
            sums[i] /= Math.max(1, counts[i]);
        }
        return sums;
    }

    private static float[] floats(double[] values) {
        var result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }
}
