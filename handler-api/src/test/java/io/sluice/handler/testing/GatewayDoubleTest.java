// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.example.ram.RamDiskProvider;
import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceConfigException;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.ScsiStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatewayDoubleTest {
    private GatewayDouble gateway;

    @BeforeEach
    void open(@TempDir Path home) throws Exception {
        gateway = GatewayDouble.open(new RamDiskProvider(), DeviceConfig.of("ram", Map.of("size", "1MiB")), home);
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    @Test
    void shouldReadWhatWasWritten() {
        byte[] written = new byte[1024];
        new Random(1).nextBytes(written);
        assertThat(gateway.execute("2A 00 00000005 00 0002 00", written).isGood())
                .isTrue();
        CommandResult read = gateway.execute("28 00 00000005 00 0002 00", 1024);
        assertThat(read.isGood()).isTrue();
        assertThat(read.dataIn()).isEqualTo(written);
        assertThat(read.residual()).isZero();
    }

    @Test
    void shouldReportUnderflowAndOverflow() {
        assertThat(gateway.execute("28 00 00000000 00 0001 00", 1024).residual())
                .isEqualTo(512);
        CommandResult overflow = gateway.execute("28 00 00000000 00 0002 00", 512);
        assertThat(overflow.residual()).isEqualTo(-512);
        assertThat(overflow.dataIn()).hasSize(512);
    }

    @Test
    void shouldReturnSenseData() {
        CommandResult result = gateway.execute("28 00 7FFFFFFF 00 0001 00", 512);
        assertThat(result.status()).isEqualTo(ScsiStatus.CHECK_CONDITION);
        assertThat(result.additionalSense()).isEqualTo(AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
    }

    @Test
    void shouldRunManyCommandsAtOnce() {
        List<CompletableFuture<CommandResult>> results = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            results.add(gateway.nexus().submit("28 00 00000000 00 0008 00", 4096));
        }
        results.forEach(result -> assertThat(TestNexus.await(result).isGood()).isTrue());
    }

    @Test
    void shouldRefuseUnknownKeys(@TempDir Path home) {
        DeviceConfig config = DeviceConfig.of("ram", Map.of("size", "1MiB", "sizes", 3));
        assertThatThrownBy(() -> GatewayDouble.open(new RamDiskProvider(), config, home))
                .isInstanceOf(DeviceConfigException.class)
                .hasMessageContaining("unknown key sizes")
                .hasMessageContaining("did you mean size?");
    }
}
