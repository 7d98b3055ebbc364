package org.nnlang.runtime.generate;

import java.util.Arrays;
import org.nnlang.runtime.kernel.Philox;
import org.nnlang.runtime.kernel.Team;

/// Chooses the next token by the model's scores. Equal seeds choose equal tokens.
///
/// @param temperature what scores are divided by before they become probabilities; 0 always takes the best
/// @param topK        how many of the best tokens are candidates; 0 for all
/// @param topP        the share of probability, in (0, 1\], that the candidates must reach together, best first: the nucleus (Holtzman et al., 2020)
/// @param seed        of the draws
public record Sampler(double temperature, int topK, double topP, long seed) {
    /// Keeps the draws apart from those of a training with the same seed.
    private static final long STREAM = 0x67656e6572617465L;

    public Sampler {
        if (!(temperature >= 0) || topK < 0 || !(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("temperature " + temperature + ", top-k " + topK + ", top-p " + topP);
        }
    }

    /// Chooses.
    ///
    /// @param scores of each token, as the model gives them: logarithms of probabilities, up to a constant
    /// @param draw   how many tokens were chosen before
    /// @return the token's index
    /// @throws IllegalArgumentException where a score is not a number
    public int choose(float[] scores, int draw) {
        long[] order = new long[scores.length];
        for (int i = 0; i < scores.length; i++) {
            if (Float.isNaN(scores[i])) {
                throw new IllegalArgumentException("the score of token " + i + " is not a number");
            }
            order[i] = descending(scores[i]) << 32 | i;
        }
        Arrays.sort(order);
        int candidates = topK == 0 ? scores.length : Math.min(topK, scores.length);
        int best = (int) order[0];
        if (temperature == 0 || candidates == 1) {
            return best;
        }
        double[] weights = new double[candidates];
        double sum = 0;
        for (int i = 0; i < candidates; i++) {
            weights[i] = StrictMath.exp((scores[(int) order[i]] - (double) scores[best]) / temperature);
            sum += weights[i];
        }
        double reached = 0;
        int kept = 0;
        while (kept < candidates && (kept == 0 || reached < topP * sum)) {
            reached += weights[kept++];
        }
        double rest = uniform(draw) * reached;
        for (int i = 0; i < kept; i++) {
            rest -= weights[i];
            if (rest < 0) {
                return (int) order[i];
            }
        }
        return (int) order[kept - 1];
    }

    /// The bits of a float as a number of 31 bits and a sign that is smaller the greater the float is; equal ones keep their order.
    private static long descending(float score) {
        int bits = Float.floatToIntBits(score + 0.0f);
        int ascending = bits >= 0 ? bits : bits ^ Integer.MAX_VALUE;
        return -(long) ascending;
    }

    private double uniform(int draw) {
        float[] drawn = new float[1];
        Philox.uniform(Team.of(1), Philox.key(seed, STREAM), 0, draw, drawn, 0, 1);
        return drawn[0];
    }
}
