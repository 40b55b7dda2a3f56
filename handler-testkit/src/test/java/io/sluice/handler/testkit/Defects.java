// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import io.sluice.handler.DeviceContext;
import io.sluice.handler.ItNexus;
import io.sluice.handler.ScsiCommand;
import io.sluice.handler.TaskManagement;
import io.sluice.handler.testing.GatewayDouble;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.OpCode;
import io.sluice.scsi.ParameterWriter;
import io.sluice.scsi.ScsiStatus;
import io.sluice.scsi.SenseData;
import io.sluice.scsi.SenseKey;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A deliberately wrong device for every rule, by the rule's name. */
final class Defects {
    private static final AdditionalSense INVALID_FIELD = AdditionalSense.INVALID_FIELD_IN_CDB;

    private final Map<String, GatewayDouble.Opener> byRule = new TreeMap<>();

    private Defects() {
        inquiry();
        commands();
        modeSense();
        modeSelect();
        logs();
        life();
        takeOver();
        byRule.put("shouldAnswerRandomCdbs", instead(is(OpCode.READ_16), c -> c.good(c.cdb32(10) * 512)));
        byRule.put("shouldAnswerRandomParameterLists", instead(is(OpCode.MODE_SELECT_6), c -> {
            if (c.dataOutLength() == 4) {
                throw new IllegalStateException("a device that does not like a header alone");
            }
            c.good();
        }));
    }

    static Map<String, GatewayDouble.Opener> byRule() {
        return new Defects().byRule;
    }

    // ---- ways to be wrong

    /** What a command does instead, or with a sound device. */
    @FunctionalInterface
    private interface Wrong {
        void execute(ScsiCommand command);
    }

    private static Predicate<ScsiCommand> is(int opcode) {
        return command -> command.opcode() == opcode;
    }

    private static Predicate<ScsiCommand> page(int opcode, int code) {
        return command -> command.opcode() == opcode && (command.cdb8(2) & 0x3F) == code;
    }

    private static Predicate<ScsiCommand> vpd(int code) {
        return command -> command.opcode() == OpCode.INQUIRY && command.cdbBit(1, 0) && command.cdb8(2) == code;
    }

    private static GatewayDouble.Opener instead(Predicate<ScsiCommand> which, Wrong wrong) {
        return context -> new SpoiltDevice(context) {
            @Override
            public void execute(ScsiCommand command) {
                if (which.test(command)) {
                    wrong.execute(command);
                } else {
                    super.execute(command);
                }
            }
        };
    }

    /** The sound device executes it, but what it ends meets this first. */
    @FunctionalInterface
    private interface Wrapper {
        ScsiCommand wrap(ScsiCommand command);
    }

    private static GatewayDouble.Opener wrapped(Predicate<ScsiCommand> which, Wrapper wrapper) {
        return context -> new SpoiltDevice(context) {
            @Override
            public void execute(ScsiCommand command) {
                super.execute(which.test(command) ? wrapper.wrap(command) : command);
            }
        };
    }

    /** A GOOD answer is changed in the buffer before it goes. */
    private static GatewayDouble.Opener patched(Predicate<ScsiCommand> which, Wrong patch) {
        return wrapped(which, command -> new ForwardingCommand(command) {
            @Override
            public void good(long bytes) {
                patch.execute(real);
                real.good(bytes);
            }
        });
    }

    private static void patch(ScsiCommand command, int at, int mask) {
        if (command.bufferLength() > at) {
            command.putU8(at, command.u8(at) ^ mask);
        }
    }

    // ---- rule by rule

    private void inquiry() {
        Predicate<ScsiCommand> standard = c -> c.opcode() == OpCode.INQUIRY && !c.cdbBit(1, 0);
        byRule.put("shouldDescribeItselfInStandardInquiryData", patched(standard, c -> patch(c, 4, 1)));
        byRule.put("shouldCutInquiryDataAtTheAllocationLength", wrapped(vpd(0x80), c -> new ForwardingCommand(c) {
            @Override
            public ParameterWriter dataIn(long allocationLength) {
                return real.dataIn(Math.max(allocationLength, 8));
            }
        }));
        byRule.put("shouldListItsVitalProductDataPages", patched(vpd(0x00), c -> patch(c, 5, 0x02)));
        byRule.put("shouldIdentifyItsLogicalUnit", patched(vpd(0x83), c -> patch(c, 7, 0x40)));
        AtomicInteger opened = new AtomicInteger();
        byRule.put("shouldKeepItsIdentityWhenItIsOpenedAgain", context -> {
            int generation = opened.incrementAndGet();
            return patched(vpd(0x80), c -> patch(c, 4, generation & 7)).open(context);
        });
        byRule.put(
                "shouldRefuseAPageCodeWithoutEvpd",
                instead(standard, c -> c.good(c.dataIn(c.cdb16(3)).zeros(36))));
    }

    private void commands() {
        Predicate<ScsiCommand> all = c -> c.opcode() == OpCode.MAINTENANCE_IN && c.cdb8(2) == 0;
        Predicate<ScsiCommand> timed = c -> c.opcode() == OpCode.MAINTENANCE_IN && c.cdb8(2) == 0x80;
        byRule.put(
                "shouldReportTheCommandsThatEveryDeviceHas",
                instead(
                        all,
                        c -> c.good(c.dataIn(c.cdb32(6))
                                .u32(8)
                                .u8(OpCode.INQUIRY)
                                .u24(0)
                                .u16(0)
                                .u16(6))));
        byRule.put("shouldReportEachCommandOnce", patched(all, c -> {
            if (c.bufferLength() > 32) {
                for (int i = 0; i < 8; i++) {
                    c.putU8(12 + i, c.u8(4 + i));
                }
            }
        }));
        byRule.put(
                "shouldExecuteWhatItReports",
                instead(
                        is(OpCode.READ_10),
                        c -> c.check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_COMMAND_OPERATION_CODE)));
        byRule.put("shouldRefuseWhatItDoesNotReport", instead(is(0xC0), ScsiCommand::good));
        byRule.put("shouldRefuseBitsThatItDoesNotEvaluate", instead(is(OpCode.TEST_UNIT_READY), ScsiCommand::good));
        byRule.put(
                "shouldTellWhetherItIsReady",
                instead(is(OpCode.TEST_UNIT_READY), c -> c.check(SenseKey.MEDIUM_ERROR, INVALID_FIELD)));
        byRule.put("shouldReportTimeoutsOfTheCommandsThatItReports", patched(timed, c -> patch(c, 13, 0x0A)));
    }

    private void modeSense() {
        int sense = OpCode.MODE_SENSE_10;
        byRule.put(
                "shouldReturnEachModePageAloneAsAmongAll", patched(page(sense, 0x08), c -> patch(c, 8 + 8 + 2, 0x01)));
        byRule.put(
                "shouldReturnTheSamePagesForEveryPageControl",
                wrapped(c -> c.opcode() == sense && c.cdb8(2) == 0x7F, c -> new ForwardingCommand(c) {
                    @Override
                    public int cdb8(int index) {
                        return index == 3 ? 0 : real.cdb8(index);
                    }
                }));
        byRule.put("shouldCutModeDataAtTheAllocationLength", wrapped(is(sense), c -> new ForwardingCommand(c) {
            @Override
            public ParameterWriter dataIn(long allocationLength) {
                return real.dataIn(Math.max(allocationLength, 8));
            }
        }));
        byRule.put(
                "shouldReturnTheSamePagesFromModeSense6AndModeSense10",
                patched(is(OpCode.MODE_SENSE_6), c -> patch(c, 4 + 8 + 2, 0x80)));
        byRule.put("shouldLeaveOutBlockDescriptorsWhenAsked", wrapped(is(sense), c -> new ForwardingCommand(c) {
            @Override
            public int cdb8(int index) {
                return index == 1 ? 0 : real.cdb8(index);
            }
        }));
        byRule.put("shouldRefuseModePagesThatItDoesNotHave", wrapped(page(sense, 0x22), c -> new ForwardingCommand(c) {
            @Override
            public SenseData sense(SenseKey key, AdditionalSense additional) {
                return real.sense(key, AdditionalSense.INVALID_COMMAND_OPERATION_CODE);
            }
        }));
    }

    private void modeSelect() {
        int select = OpCode.MODE_SELECT_10;
        byRule.put("shouldAcceptTheModeParametersThatItReturned", context -> new SpoiltDevice(context) {
            @Override
            public void execute(ScsiCommand command) {
                if (command.opcode() == select) {
                    context.raiseUnitAttentionExcept(command.nexus(), AdditionalSense.MODE_PARAMETERS_CHANGED);
                }
                super.execute(command);
            }
        });
        byRule.put("shouldChangeWhatItCallsChangeable", instead(is(select), c -> c.taken(c.cdb16(7))));
        byRule.put(
                "shouldRefuseToChangeWhatItDoesNotCallChangeable", wrapped(is(select), c -> new ForwardingCommand(c) {
                    @Override
                    public void check(long bytes) {
                        real.sense(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST)
                                .fieldPointer(false, 0, -1);
                        real.check(bytes);
                    }
                }));
        byRule.put("shouldChangeNothingWhenALaterPageIsWrong", context -> new SpoiltDevice(context) {
            @Override
            public void execute(ScsiCommand command) {
                if (command.opcode() == select && command.dataOutLength() > 12) {
                    super.execute(new FirstPageOnly(command));
                }
                super.execute(command);
            }
        });
        byRule.put("shouldRefuseAParameterListThatEndsWithinAPage", wrapped(is(select), c -> new ForwardingCommand(c) {
            @Override
            public SenseData sense(SenseKey key, AdditionalSense additional) {
                return real.sense(key, AdditionalSense.PARAMETER_VALUE_INVALID);
            }
        }));
        byRule.put("shouldReturnToSavedValuesAfterAReset", context -> new SpoiltDevice(context) {
            @Override
            public void logicalUnitReset() {}
        });
        byRule.put("shouldKeepSavedModePagesWhenItIsOpenedAgain", context -> {
            Files.deleteIfExists(context.home().resolve("mode-pages"));
            return new SpoiltDevice(context);
        });
    }

    /** MODE SELECT as if its list ended with its first page; how it ends reaches nobody. */
    private static final class FirstPageOnly extends ForwardingCommand {
        private final SenseData nobody = new SenseData();

        FirstPageOnly(ScsiCommand real) {
            super(real);
        }

        @Override
        public int cdb16(int index) {
            return dataOutLength();
        }

        @Override
        public int dataOutLength() {
            return 8 + (real.u8(8) >= 0x40 && real.u8(8) < 0x80 ? 4 + real.u16(10) : 2 + real.u8(9));
        }

        @Override
        public void good(long bytes) {}

        @Override
        public SenseData sense(SenseKey key, AdditionalSense additional) {
            return nobody.set(key, additional);
        }

        @Override
        public void check(long bytes) {}
    }

    private void logs() {
        int sense = OpCode.LOG_SENSE;
        byRule.put("shouldReturnTheLogPagesThatItLists", patched(page(sense, 0x03), c -> patch(c, 7, 0x10)));
        byRule.put("shouldRefuseLogPagesThatItDoesNotList", wrapped(page(sense, 0x22), c -> new ForwardingCommand(c) {
            @Override
            public void check(long bytes) {
                real.sense(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_CDB)
                        .fieldPointer(true, 3, -1);
                real.check(bytes);
            }
        }));
        byRule.put("shouldCutLogPagesAtTheAllocationLength", wrapped(is(sense), c -> new ForwardingCommand(c) {
            @Override
            public ParameterWriter dataIn(long allocationLength) {
                return real.dataIn(Math.max(allocationLength, 8));
            }
        }));
    }

    private void life() {
        byRule.put(
                "shouldAnswerManyNexusesAtOnce",
                patched(c -> c.nexus().initiatorName().contains(":other"), c -> patch(c, 8, 1)));
        byRule.put("shouldOutliveNexusesThatComeAndGo", context -> new SpoiltDevice(context) {
            @Override
            public void nexusRemoved(ItNexus nexus) {
                throw new IllegalStateException("nobody may leave");
            }
        });
        byRule.put("shouldEndEveryCommandAcrossResets", context -> new BusyOnce(context) {
            @Override
            public void logicalUnitReset() {
                isBusy = true;
            }
        });
        byRule.put("shouldEndEveryCommandAcrossTaskManagement", context -> new BusyOnce(context) {
            @Override
            public void taskManagement(TaskManagement event) {
                isBusy = true;
            }
        });
        byRule.put("shouldEndEveryCommandBeforeItCloses", context -> new SpoiltDevice(context) {
            @Override
            public void close() throws IOException {
                throw new IOException("the medium does not let go");
            }
        });
    }

    private void takeOver() {
        byRule.put(
                "shouldAnswerARedeliveredCommandAsTheFirstTime",
                instead(ScsiCommand::redelivered, c -> c.check(SenseKey.MISCOMPARE, AdditionalSense.WRITE_ERROR)));
        byRule.put("shouldAnswerARedeliveredCommandAsItsPredecessorDid", context -> new SpoiltDevice(context) {
            private boolean isSuccessor;

            @Override
            public void takenOver() {
                isSuccessor = true;
            }

            @Override
            public void execute(ScsiCommand command) {
                if (isSuccessor && command.redelivered()) {
                    command.check(SenseKey.ABORTED_COMMAND, AdditionalSense.NO_ADDITIONAL_SENSE_INFORMATION);
                } else {
                    super.execute(command);
                }
            }
        });
        byRule.put("shouldGoOnWithItsModeValuesWhenItTakesOver", context -> {
            Files.deleteIfExists(context.home().resolve("mode-pages-current"));
            return new SpoiltDevice(context);
        });
        byRule.put("shouldBeginWithItsSavedModeValuesWhenItIsPoweredOn", context -> new SpoiltDevice(context) {
            @Override
            public void poweredOn() {}
        });
    }

    /** Ends one command BUSY after something happened. */
    private static class BusyOnce extends SpoiltDevice {
        volatile boolean isBusy;

        BusyOnce(DeviceContext context) throws IOException {
            super(context);
        }

        @Override
        public void execute(ScsiCommand command) {
            if (isBusy) {
                isBusy = false;
                command.end(ScsiStatus.BUSY);
            } else {
                super.execute(command);
            }
        }
    }

    // ---- what no answer may be, whatever the command

    /** By what is wrong; each makes {@code shouldTellWhetherItIsReady} fail with a message that holds the key. */
    static Map<String, GatewayDouble.Opener> ofAnyAnswer() {
        Map<String, GatewayDouble.Opener> defects = new TreeMap<>();
        Predicate<ScsiCommand> ready = is(OpCode.TEST_UNIT_READY);
        defects.put("did not end within", instead(ready, c -> {}));
        defects.put("ended more than once", instead(ready, c -> {
            c.good();
            try {
                c.good();
            } catch (IllegalStateException refused) {
                // as a device would that ends commands on two paths and hides what it is told
            }
        }));
        defects.put("a bug of the device", instead(ready, c -> {
            c.good();
            throw new IllegalStateException("a bug of the device");
        }));
        defects.put("INTERNAL TARGET FAILURE", instead(ready, c -> {
            throw new IllegalStateException("before its end");
        }));
        defects.put("needs a field pointer", instead(ready, c -> c.check(SenseKey.ILLEGAL_REQUEST, INVALID_FIELD)));
        defects.put("contradicts", instead(ready, c -> {
            c.sense(SenseKey.ILLEGAL_REQUEST, INVALID_FIELD).fieldPointer(false, 0, -1);
            c.check();
        }));
        defects.put("of a CDB of 6", instead(ready, c -> c.invalidField(6)));
        defects.put("of a parameter list", instead(ready, c -> c.invalidParameter(0, -1)));
        return defects;
    }
}
