/** The servers keep each other, or themselves, busy without end. */
export class EventBudgetExceeded extends Error {
  override readonly name = 'EventBudgetExceeded';
}

/** Steps at one instant after which time is taken to stand still. */
const STEPS_AT_ONE_INSTANT_MAX = 100_000;
const STEPS_MAX = 2_000_000;

/** How many events a run may take: in all, and without time going on. */
export class EventBudget {
  readonly #stepsMax: number;
  #instantUs = -1;
  #instantStep = 0;

  /** @param stepsMax - of the whole run */
  constructor(stepsMax = STEPS_MAX) {
    this.#stepsMax = stepsMax;
  }

  /** Notes that a step begins. @returns what is wrong with that */
  begin(step: number, timeUs: number): EventBudgetExceeded | undefined {
    if (timeUs !== this.#instantUs) {
      this.#instantUs = timeUs;
      this.#instantStep = step;
    }
    if (step - this.#instantStep > STEPS_AT_ONE_INSTANT_MAX) {
      return new EventBudgetExceeded(
        `time stands still at ${timeUs / 1_000} ms: ${STEPS_AT_ONE_INSTANT_MAX} events without any delay`,
      );
    }
    if (step <= this.#stepsMax) return undefined;
    return new EventBudgetExceeded(`the run did not come to rest within ${step - 1} events`);
  }
}
