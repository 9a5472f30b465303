// Tests of TensorEngine.
