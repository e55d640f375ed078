import { ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';

/** An alarm and its section of the runbook. */
export interface AlarmPlan {
  /** The alarm's name without the environment's prefix. */
  name: string;
  /** The anchor of the section in the runbook. */
  section: string;
  /** A sentence that describes the problem. */
  description: string;
  metric: IMetric;
  threshold: number;
  /** Greater than the threshold by default. */
  comparison: ComparisonOperator;
  /** The number of consecutive periods. */
  periods: number;
  missing: TreatMissingData;
}

/** The fields with defaults. */
type AlarmDefaults = Pick<AlarmPlan, 'section' | 'comparison' | 'periods' | 'missing'>;

/**
 * Plans an alarm. By default it fires after three consecutive periods above the threshold, missing data is not a
 * breach, and the section has the alarm's name.
 */
export function alarmPlan(
  name: string,
  description: string,
  metric: IMetric,
  threshold: number,
  overrides: Partial<AlarmDefaults> = {},
): AlarmPlan {
  const defaults = {
    section: name,
    comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    periods: 3,
    missing: TreatMissingData.NOT_BREACHING,
  };
  return { name, description, metric, threshold, ...defaults, ...overrides };
}
