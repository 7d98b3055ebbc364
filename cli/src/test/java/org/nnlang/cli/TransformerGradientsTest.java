package org.nnlang.cli;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;

/// The gradients of attention and of all that is built around it.
class TransformerGradientsTest {
    /// Losses of `x: f32[2, 3, 4]`, `y: f32[2, 5, 4]`, `z: f32[3, 3, 4]`, which are trained, and of masks.
    @TestFactory
    Stream<DynamicContainer> gradientsAreSlopes() {
        return SlopeCheck.of("""
                param x: f32[2, 3, 4] ~ normal()
                param y: f32[2, 5, 4] ~ normal()
                param z: f32[3, 3, 4] ~ normal()
                val keys = bool(i32([[[1, 1, 0, 1, 0]], [[0, 0, 0, 0, 0]]]))
                """, """
                sum(attention(x, y, y) ^ 2)
                sum(attention(x, x, x, causal = true) ^ 2)
                sum(attention(x, y, 2 * y, keys) ^ 2)
                sum(attention(x, x, x, bool(ones([3, 3])), causal = true) ^ 2)
                sum(rotary(x) * x ^ 2)
                sum(SinusoidalPositions()(x) ^ 3)
                sum(GroupNorm(groups = 2)(x) ^ 3)
                sum(LearnedPositions(5)(x) ^ 3)
                sum(MultiHeadAttention(2)(x, y) ^ 2)
                sum(MultiHeadAttention(2, causal = true, rate = 0.2, position = rotary)(x) ^ 2)
                sum(MultiHeadAttention(2)(x, y, keys) ^ 2)
                sum(FeedForward(5, gelu, rate = 0.2)(x) ^ 2)
                sum(TransformerEncoder(2, heads = 2, wide = 3, activation = gelu)(x) ^ 3)
                sum(TransformerEncoderLayer(heads = 2, wide = 3, pre_norm = false)(y, keys) ^ 3)
                sum(TransformerDecoder(1, heads = 2, wide = 3)(x, y, keys) ^ 3)
                sum(TransformerDecoderLayer(heads = 2, wide = 3, pre_norm = false)(x, y) ^ 3)
                sum(PatchEmbedding(2, 3)(reshape(x, [1, 4, 6, 1])) ^ 2)
                sum(ClassToken()(x) ^ 2)
                sum(flatten(TNTEmbedding(4, inner = 2, inner_width = 2, width = 3)(reshape(x[:, :2], [1, 4, 4, 1])).patches) ^ 3)
                sum(TNTBlock(1, 1)(reshape(x, [2, 1, 3, 4]), y[:, :2]).patches ^ 3)
                sum(SharedDropout(0.3)(reshape(x, [2, 3, 2, 2])) ^ 2)
                sum(GatedAttention(2, 2)(x, reshape(y[0, :, 1:], [5, 3])[:3]) ^ 2)
                sum(RowAttentionWithPairBias(2, 2)(x, z) ^ 2)
                sum(ColumnAttention(2, 2)(x) ^ 2)
                sum(Transition(2)(x) ^ 2)
                sum(OuterProductMean(2, 2)(x) ^ 2)
                sum(TriangleMultiplication(size = 2)(z) ^ 2)
                sum(TriangleMultiplication(outgoing = false, size = 2)(z) ^ 2)
                sum(TriangleAttention(heads = 2, size = 2)(z) ^ 2)
                sum(TriangleAttention(starting = false, heads = 1, size = 2)(z) ^ 2)
                sum(GatedAttention(2, 2)(x, zeros([]), bool(i32([[1, 0, 1], [0, 1, 1]]))) ^ 2)
                sum(OuterProductMean(2, 2)(x, bool(i32([[1, 0, 1], [0, 1, 1]]))) ^ 2)
                sum(TriangleAttention(starting = false, heads = 2, size = 2)(z, lower_triangle(3, 3)) ^ 2)
                sum(TriangleMultiplication(size = 2)(z, lower_triangle(3, 3)) ^ 2)
                sum(frames(x[..., :3], y[:, :3, 1:], x[..., 1:]).rotation * z[:, :, 1:] ^ 2)
                sum(InvariantPointAttention(2, 2, 1, 2)(x[0], z, frames(x[1, :, 1:], y[0, :3, 1:], y[1, :3, 1:]).rotation, y[0, :3, 1:]) ^ 2)
                sum(EvoformerBlock(1, 2, 1, 5)(x, z).pair)
                mean(Evoformer(1, 1, 3, 1, 6)(x, z).pair)
                """);
    }
}
